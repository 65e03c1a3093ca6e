# 说话像一位热心、话不多的社区工作者：短、暖、说人话。

language-name = 中文
language-ask = 想用哪种语言？ Which language?
language-set = 好的，以后我说中文。

# ── 类型、状态、动作 ──
kind-wish = 心愿
kind-complaint = 投诉
kind-question = 咨询
kind-suggestion = 建议
kind-thanks = 感谢
kind-emergency = 紧急

state-draft = 还没提交
state-reviewing = 社区在看
state-open = 等人认领
state-open-order = 等社区安排人
state-claimed = 有人在办
state-delivered = 等居民确认
state-fulfilled = 已实现
state-rejected = 未通过
state-withdrawn = 已撤回
state-merged = 已并入同类
state-closed = 处理完了

event-write = 补充
event-submit = 提交
event-lapse = 没提交，转给社区
event-alarm = 叫了社区的人
event-calm = 说明不是紧急情况
event-categorise = 改分类
event-locate = 改地方
event-recast = 改类型
event-publish = 改公开方式
event-contact = 留联系方式
event-rewrite = 修改公开文字
event-approve = 审核通过
event-reject = 未通过
event-merge = 并入同类
event-join = 也在反映
event-leave = 不再关注
event-answer = 答复
event-claim = 认领
event-assign = 请人来办
event-take = 接手
event-release = 放弃认领
event-expire = 超时收回
event-deliver = 已办好
event-confirm = 居民确认
event-dispute = 居民说没办好
event-silence = 一直没回音，当作办好了
event-follow = 居民说还没办好，接着办
event-rate = 评价
event-thank = 感谢
event-urge = 催办
event-remind = 提醒
event-withdraw = 撤回
event-close = 处理完了
actor-author = 居民
actor-neighbour = 一位邻居
actor-time = 系统

emergency-name-fire = 火情
emergency-name-gas = 燃气泄漏
emergency-name-violence = 暴力伤害
emergency-name-suicide = 轻生危险
emergency-name-lost = 走失
emergency-name-medical = 急病急救
emergency-name-traffic = 交通事故
emergency-name-rescue = 被困、险情
emergency-name-other = 紧急情况

age-minutes = { $n } 分钟
age-hours = { $n } 小时
age-days = { $n } 天

# ── 开口 ──
start =
    您好，我是“点亮微心愿”。
    家里缺什么、坏了什么、心里堵着什么，用自己的话告诉我就行，发照片、发语音都可以。
    我会请社区和志愿者来帮忙，办到哪一步都告诉您。
button-first-wish = 💡 说说我的心愿
button-review-list = 📋 待审核的
menu-start = 开始
menu-my = 我的心愿和进展
menu-open = 等人认领的心愿（志愿者）
menu-help = 怎么用
menu-language = 换语言 · Language
menu-privacy = 您的信息怎么用
menu-cancel = 不回答刚才的问题了
first-wish = 您说，我听着。一句话也行，比如“厨房灯不亮了，我眼睛不好，想请人换一下”。
help =
    直接写下您的事，我来整理，您看过再提交。

    /my 我的心愿和进展
    /cancel 不回答我刚才的问题了
    /language 换语言 · Language
    /privacy 您的信息怎么用
help-volunteer =
    志愿者：/open 看看有哪些心愿可以认领。
help-admin =
    管理员：/review 待审核和待交办的，/digest 今天的情况，/failed 没处理成的；在群里发 /bind 绑定这个群。
privacy =
    <b>您的信息怎么用</b>
    · 您说的话，社区审核员看得到；认领的人认领以后才看得到。
    · 群里默认只显示类别和社区。您点了“公开文字”，才显示隐去号码和门牌后的文字。
    · 姓名不公开，除非您自己选“署名”。电话、地址只给帮您的那一位。
    · 照片和语音只给审核员和帮您的人。
    · 邻居写了同样的事，会知道附近有人说过这一类；不会知道是谁。您点了“我也要反映”，别人只看到人数。
    · 消息经过 Telegram，它的服务器在境外；身份证、银行卡这类号码请不要发在这里。
    · 您说过自己住哪个社区，我会记着，下回不用再说；在心愿上点“选社区”可以改。
    · 社区改过的分类，我会跟着学，下回分得更准；姓名、号码不会学进去。
    · 想撤回，打开 /my 点“撤回”。
only-private = 这件事咱们私聊里说。
only-group = 请在要绑定的群里发 /bind。
show-yourself = 您现在是匿名管理员，我认不出您。请先关掉“匿名发言”，再发一次 /bind。
unknown-command = 这个命令我不认得。发 /help 看看我会什么，或者直接写下您的事。
cannot-read = 这个我看不懂。您打字、发照片、说语音，或者发个位置都行，比如“楼道灯坏了”。
number-for-nothing = 您还没说是什么事，这个号码我先不记。先说一句，比如“厨房灯不亮了，想请人换一下”，再留电话。
idle-greeting = 您好！家里缺什么、坏了什么、想反映什么，直接说一句就行，比如“厨房灯不亮了，想请人换一下”。
idle-small_talk = 好嘞！有要办的、要反映的，随时跟我说一句，比如“楼道灯坏了”。
idle-dropped = 好的，那就不记了。交上去的事想撤回，打开 /my 点“撤回”。以后有事，比如“灯坏了”，随时说。
idle-abuse = 您先消消气。是哪件事没办好？写一句给我，比如“垃圾三天没人收”，我转给社区；也可以打 12345 投诉。
idle-link = 链接我打不开。是什么事，您用自己的话说一句就行，比如“路口井盖没了”，发照片也行。
idle-advert = 这里只收街坊的心愿和要反映的事，比如“想借个轮椅”，广告就不登了，谢谢您理解。
idle-signs = 这个我没看明白。想办什么事，说一句就行，比如“水管漏了”，发照片、说语音也行。
idle-scribble = 这个我没看明白。想办什么事，说一句就行，比如“水管漏了”，发照片、说语音也行。
idle-foreign = 您好，我只看得懂中文和英文。会的话说一句，比如“水管漏了”；不会也没关系，点下面的按钮，我把您的话交给社区的人看。有危险请打 110、119、120。
idle-draft = 刚才那件事还没提交：要办，点“提交”；不办了，点它的“不办了”。还想补充，接着说就行。
idle-draft-greeting = 您好！{ idle-draft }
idle-draft-small_talk = 好嘞！{ idle-draft }
idle-draft-dropped = 好的。{ idle-draft }
idle-draft-abuse = 您先消消气。{ idle-draft }
idle-draft-signs = 我在呢。{ idle-draft }
idle-delivered-small_talk = 不客气！那件事要是办好了，点一下“办好了”，没办好就点“还没办好”。
button-record = 📝 这是要办的事，请记下
recorded = 好，记下了 ↓
words-gone = 原来那句话我看不到了，麻烦您再发一遍。
nothing-to-cancel = 好的。您的心愿都在 /my 里。
cancelled = 好，先放一放。
plea = 慢慢说，不着急。您发的我都记下了，一条不会丢。歇一两分钟再发一句，我把记下的都给您看。要是有危险，请马上打 110、119 或 120。
apology = 对不住，我这边出了点差错。您发的内容已经留下，我们会尽快处理。
apology-in-danger = 对不住，我这边出了差错，没能替您报上去。请马上打上面的电话，别等我。

# ── 没处理成的 ──
failed-empty = 没有积压，都处理好了。
failed-head = <b>没处理成的消息</b>
unsent-head = <b>没发出去的消息</b>
failed-line = { $n }. { $what }
failed-in-private = 私聊
failed-in-group = 群“{ $title }”
failed-what-text = 文字
failed-what-words = 文字（{ $n } 字）
failed-what-photo = 照片
failed-what-voice = 语音
failed-what-video = 视频
failed-what-document = 文件
failed-what-sticker = 表情
failed-what-location = 位置
failed-what-contact = 名片
failed-what-edit = 改过的消息
failed-what-tap = 点了按钮
failed-what-seat = 机器人进出群
failed-what-unreadable = 读不懂的格式
failed-what-other = 别的
failed-one = <b>没处理成的一条</b>
    { $what }
unsent-one = <b>没发出去的一条</b>
    { $what }
failed-where = <code>{ $error }</code>
failed-not-shown = 内容不在这里显示：写的人还没交给我们看。程序修好以后点“再试一次”，成了会照常回复对方。
failed-sure-drop = 真的不要了吗？内容会删掉；是私聊写来的，我会请对方再说一次。
failed-runs-again = ↻ { $what }
    再跑一次，几秒钟就好。又没成的话，还会回到这里。
failed-dropped = ✕ { $what }
    不要了。
failed-dropped-told = ✕ { $what }
    不要了，已经请对方再说一次。
unsent-goes-again = ↻ { $what }
    再发一次。又没成的话，还会回到这里。
unsent-dropped = ✕ { $what }
    不发了。
say-it-again = 您 { $when } 发来的一条消息，我们没能处理成，实在对不住。麻烦您再说一次，我这回一定接住。
unheard-cry = <b>🚨 有人求助（{ $what }），程序出错，没能报警！</b>
    { $name }（编号 { $id }）。请马上想办法联系，再到下面的清单里点“再试一次”。
button-failed-list = 看没处理成的
button-failed-show = 第 { $n } 条
button-failed-again = 再试一次
button-unsent-again = 再发一次
button-failed-drop = 不要了
button-failed-sure-drop = 确定不要了

# ── 草稿 ──
draft-head = <b>我是这样理解的，您看对不对：</b>
draft-kind = { $kind } · { $category }
draft-unsure = 是{ $kind }吧？哪一类我拿不准，先放在“{ $category }”，您点一下。
draft-place = 📍 { $place }
draft-no-place = 📍 您住哪个社区？点“选社区”告诉我。
draft-own-place = 📍 您说的“{ $words }”在哪个社区？点“选社区”告诉我，下回就记得了。
draft-between = 📍 是{ $list }？您点一下。
draft-perhaps = 📍 是在{ $place }吗？是就点一下；不是，点“选社区”告诉我。
draft-unclear = 📍 这事在哪个社区？点“选社区”告诉我。
list-or = {"，还是"}
media = 📎 { $list }（只给审核员和帮您的人）
count-photos = 照片 { $n } 张
count-videos = 视频 { $n } 段
count-voices = 语音 { $n } 段
count-files = 文件 { $n } 个
count-spots = 位置 { $n } 处
list-comma = {"、"}
draft-contact = ☎️ 只给帮您的人：{ $contact }
draft-foot = 还想补充就接着说。都好了，点“提交”。
preview-public = 👥 大家会看到：
preview-private = 🔒 现在别人只看到类别和社区。点“公开文字”，就会看到这段：
preview-staff-only = 🔒 这一类不发到志愿者群，只有社区工作人员看得到：
preview-no-words = 🔒 大家只看到类别和社区。
preview-hidden = （已隐去 { $n } 处个人信息）
preview-name = 署名：{ $name }
preview-no-name = 不显示姓名
text-not-public = 内容只给认领的人看
title = <b>#{ $id } { $kind } · { $category }</b>
title-with-place = <b>#{ $id } { $kind } · { $category } · { $place }</b>
draft-waits = 刚才那件事还没提交，要帮您提交吗？
draft-lapsed = 您写的 #{ $id } 一直没提交，怕耽误您的事，我先交给社区看了，没有公开。想补充、想撤回，点下面就行。
too-late-to-edit = #{ $id } 已经交上去了，改原文不管用。点 /my 里的“补充”告诉我就行。
too-late-it-ended = #{ $id } 已经结束了，改原文不管用。还有事，直接写给我就行。
too-late-to-edit-report = #{ $id } 的说明已经给居民看了，改原文不管用。要补一句，请直接跟社区说。
ask-contact = 请写下电话和地址，只有帮您的那一位看得到。不想留就发 /cancel。
ask-contact-emergency = 请写下电话和您在哪儿，我马上转给来帮忙的人。
contact-kept = 记下了，只给帮您的人看：☎️ { $contact }
contact-kept-emergency = 记下了，已经转给来帮忙的人：☎️ { $contact }
contact-for-helper = 居民给 #{ $id } 留了联系方式：☎️ { $contact }（请不要转给别人）
moved-on = #{ $id } 最新的在下面 ↓
twin-near = 🏘 附近有人说过同样的事：<b>#{ $id } { $what }</b>。要是同一件，点“我也要反映”，办到哪一步都告诉您；不是，照常提交就行。
twin-own = 📌 您自己说过一件像是同样的：<b>#{ $id } { $what }</b>（{ $state }）。要是同一件，我把这几句加进去；不是，照常提交就行。
supporters = 👥 另有 { $n } 人也在反映
merged-following = 🤝 和 #{ $id }（{ $what }）是同一件事，您也在反映。现在：{ $state }。有进展就告诉您。
merged-with = 🤝 和 #{ $id }（{ $what }）是同一件事，并在一起了。现在：{ $state }。
merged-own = 📌 已加到您的 #{ $id } 里。
goes-on-alone = ↪️ 原先和 #{ $id } 并在一起，那边结束了，这里接着反映
write-another = 好，请说另一件事。刚才那条还在，随时可以提交。

button-submit = ✅ 提交
button-twin-join = 🙋 我也要反映 #{ $id }
button-twin-own = ➕ 加到 #{ $id } 里
button-leave = 🔕 不再关注 #{ $id }
button-go-on = 📣 我这里还没解决（#{ $id }）
button-publish = 👥 公开文字
button-unpublish = 🔒 改为不公开文字
button-category = 🏷 改类别
button-area = 📍 选社区
button-named = ✍️ 署名
button-anonymous = 🙈 改为匿名
button-contact = ☎️ 留电话地址
button-contact-again = ☎️ 改电话地址
button-not-contact = 不是电话，加到心愿里
button-another = ➕ 另说一件
button-cancel = 🗑 不办了
option-other-towns = 别的镇、街道 →
button-back = ← 返回
button-sure-withdraw = 是的，撤回
button-sure-cancel = 是的，不办了
button-urge = ⏰ 催一催
button-add = ➕ 补充
button-withdraw = ↩️ 撤回
button-story = 🕘 进展
button-my = ← 我的心愿
button-confirm = 👍 办好了
button-dispute = 👎 还没办好
button-thank = 💌 说声谢谢
button-look = 看 #{ $id }
button-open-bot = 打开私聊
button-earlier = ← 前面
button-later = 后面 →

# ── 居民的卡片 ──
author-reviewing = 已交给社区，正在看。一有结果就告诉您。
author-open = 已经发给志愿者了，等人认领。
author-open-complaint = 社区收到了，正在安排人办。
author-open-seeking = 社区正在帮您找志愿者。
author-not-public = 🔒 文字不公开，别人只看到类别和社区。
author-public-as-is = 👥 大家看得到这段文字。
author-claimed = { $helpers }正在帮您办。
author-delivered = <b>{ $helpers }说办好了，您看行吗？</b>
author-fulfilled = 太好了！给帮您的人打几颗星吧。
author-fulfilled-complaint = 太好了！给办事的人打几颗星吧。
author-fulfilled-silent = 一周没等到您的回音，我先当办好了。没办好就告诉我，办好了给帮您的人打几颗星吧。
author-fulfilled-followed = 您说还没办好，已经请社区接着办了。
author-fulfilled-rated = 实现了 { $stars }
author-rejected = 这次办不了：{ $answer }
author-withdrawn = 已撤回。
author-merged = 和另一件同样的事并在一起了。
author-closed = 社区处理完了：{ $answer }
author-report = 他们这样说：
author-thanked = 💌 { $thanks }
story-line = { $at } { $event } · { $actor }{ $reason }
story-unreviewed = { $at } 直接发给志愿者（这类不用审核）

news-approved = #{ $id } 审核通过，已经发给志愿者了。
news-approved-complaint = #{ $id } 社区收到了，正在安排人办。
news-accepted = #{ $id } 审核通过了，社区正在帮您找志愿者。
news-recast = #{ $id } 社区看了，改按“{ $kind }”来办，一有结果就告诉您。
news-claimed = 好消息：#{ $id } 有人接了，{ $name }会帮您办。
news-no-contact = 方便的话，留个电话或地址，只有{ $name }看得到。
news-claimed-complaint = #{ $id } 由{ $name }来办，有进展就告诉您。
news-released = #{ $id } 原来的志愿者来不了，已经重新发出去找人了。
news-released-by-staff = #{ $id } 要换一位来办，社区正在安排。
news-expired = #{ $id } 到时还没办好，已经重新发出去找人了。
news-expired-by-staff = #{ $id } 到时还没办好，社区正在另外安排。
news-reject = #{ $id } 这次办不了，社区是这样说的：
news-close = #{ $id } 处理完了，社区是这样说的：
news-answer = #{ $id } 社区答复您了：
news-merged = #{ $id } 和邻居反映的 #{ $twin } 是同一件事，社区把它们并在一起办。您的话也留着，办到哪一步都告诉您。
news-merged-question = #{ $id } 和别人问的 #{ $twin } 是同一件事，社区一起看，有答复就告诉您。
news-merged-own = #{ $id } 和您的 #{ $twin } 是同一件事，社区把它们合在一起了，您的话都在里面。
ask-add = 请接着说，文字、照片、语音都行，会加到 #{ $id } 里。
ask-missing = 给您添麻烦了。差在哪里？说一句或发张照片，社区和下一位帮忙的人会看到。
ask-thank = 想对帮您的人说点什么？我替您带到，不会说出您是谁。
added = 已加到 #{ $id }。
added-for-helper = 居民给 #{ $id } 补充了：
rewritten = 社区把 #{ $id } 给大家看的文字改成了这样：
thanks-passed-on = 带到了，谢谢您。

# ── 紧急 ──
emergency-head = <b>🚨 请马上打电话：{ $numbers }</b>
emergency-fire = 先离开着火的地方，弯腰走楼梯，不坐电梯，不回去拿东西。
emergency-gas = 关阀门，开窗，人到外面再打电话；不要开关电器，不要点火。
emergency-violence = 先躲到安全的地方，锁好门，再打电话。
emergency-suicide = 您愿意说出来，很不容易。请先打个电话，让人陪您说说话；身边有人的话，请他别走开。
emergency-lost = 马上报警，不用等 24 小时。说清衣着、年龄、最后在哪里。
emergency-medical = 说清地址和症状，别挂电话，听医生指挥；把门打开等着。
emergency-traffic = 先到路边安全的地方，有人受伤同时打 120。
emergency-rescue = 先到高处、空旷处，别蹚深水，别扒电梯门；能省电就省电，保持电话畅通。
emergency-other = 先保证自己安全。
emergency-told = 先打电话！我已经叫了社区的人，有人接手就告诉您。您在哪儿？直接发给我，我转给来帮忙的人。
emergency-alone = 现在联系不上社区值班的人，请马上打上面的电话，别等。我会接着找人。
emergency-taken = { $name }已经接手，请保持电话畅通。有什么变化，直接发给我。
emergency-contact = ☎️ { $contact }
is-it-now = 这句我记下了。是不是现在有危险？
button-danger = 🚨 是，现在就要人
is-it-danger = 您是遇到危险了吗？有危险先打电话：报警 110，火警 119，急救 120。
button-danger-yes = 🚨 是，快叫人
button-danger-no = 不是，平常的事
danger-yes = 🚨 已经当紧急情况叫人了 ↓
danger-no = 那就好，按平常的事办。看好了点“提交”，还想补充就接着说。
button-calm = 不是紧急情况
button-calm-officer = 不是紧急，按普通办
alarm-head = <b>🚨 { $what }！请马上联系居民：</b>
alarm-over = <b>{ $what }</b>
alarm-who = { $name } · { $contact } · <a href="tg://user?id={ $id }">联系</a>
alarm-no-contact = 没留电话，点“联系”私聊
alarm-open = 还没有人接手。会一个接一个提醒，直到有人接。
alarm-claimed = { $helpers }已接手。
alarm-closed = 已办结：{ $answer }
alarm-withdrawn = 居民已撤回。
alarm-reviewing = 已改为普通事项。
alarm-draft = —
alarm-delivered = —
alarm-fulfilled = —
alarm-rejected = —
alarm-merged = —
button-take = 🙋 我来处理

# ── 审核 ──
review-unsure = ❓ 拿不准类别，请看一眼
review-words = 关键词：{ $words }
review-not-posted = 🔒 这一类不发到志愿者群
review-unpublished = 🔒 文字不公开，群里只有类别和社区
review-publishable-as-is = 以后居民同意公开的话，公开的就是原文
review-publishable = 以后居民同意公开的话，公开的是：
review-published-as-is = 👥 居民同意公开原文
review-published = 👥 居民同意公开，公开的是：
review-state = 现在：{ $state } { $helpers }
review-answer = 答复：{ $answer }
review-twin = 🔗 像是同一件事：#{ $id } { $what }（{ $state }）
review-merge = <b>并到哪一件里？</b>居民会收到说明，以后每一步都告诉他。
review-no-twins = 附近没有看到相像的。
voice = #{ $id } 也在反映 #{ $twin }：
follows = ↪️ 接着 #{ $id }，当时没等到回音，先按办好记了：
button-approve = ✅ 通过，发给志愿者
button-approve-order = ✅ 受理
button-answer = 💬 答复
button-mine = 🙋 我来办
button-assign = 👉 交给别人
button-rewrite = ✏️ 改公开文字
button-media = 📎 全文、照片、语音
button-reject = ✖️ 不通过
button-close = 🔚 办结
button-own-words = ✍️ 自己写
button-merge = 🔗 并入同类
button-voices = 👥 看 { $n } 人怎么说
option-person = { $name }（手上 { $n }）
reason-duplicate = 同样的事已经在办了
reason-not-ours = 这件事我们办不了，建议拨打 12345 热线
reason-unclear = 没太看明白，请补充后再提交一次
reason-unsafe = 这件事志愿者做有危险，请找专业人员
reason-private = 里面有别人的隐私，不方便发出来
reason-solved = 已经解决了
reason-referred = 已转给有关部门办理
reason-false-alarm = 了解过了，情况平安
reason-unreachable = 一直联系不上，先放一放，需要时请再告诉我们
reason-no-review = 这类心愿不用审核
reason-own-wish = 只有一位管理员，是自己审的
ask-reject = 请写下 #{ $id } 不通过的原因，居民会看到，说得和气些。
ask-close = 请写下 #{ $id } 办结的说明，居民会看到。
ask-answer = 请写下给居民的答复（#{ $id }）。
ask-rewrite = 请写下 #{ $id } 给大家看的文字，号码和门牌会自动隐去。
done-reject = 已回复居民。
done-close = 已办结。
done-answer = 已答复居民。
done-rewrite = 公开文字改好了。
newcomer = <a href="tg://user?id={ $id }">{ $name }</a>想做志愿者，想认领 #{ $wish }。同意加入吗？
newcomer-yes = { $name }已加入志愿者（{ $by }同意）。
newcomer-no = 没有让{ $name }加入（{ $by }）。
button-let-in = ✅ 同意
button-not-now = ✖️ 不同意
button-after-all = ↩️ 还是请进来吧
button-newcomer = 👋 { $name }
newcomers-line = { $name }，想认领 #{ $wish }
disputed-for-admin = #{ $id } 居民说还没办好，已经重新打开。
expired-for-admin = #{ $id } { $name }超时没办好，已经收回，正在重新找人。
expired-for-admin-to-hand-out = #{ $id } { $name }超时没办好，已经收回，请另外安排。

# ── 群 ──
button-claim = 🙋 认领
button-claim-number = 🙋 认领 #{ $id }
group-from = —— { $name }
group-again = 🔁 再发一次，还等着人
group-moved = 这条重新发了，请看下面新的那条。
group-elsewhere = 这件事归别的社区，已经转过去了。
group-by-staff = #{ $id } 这件事由社区来办，不用认领了，谢谢大家。
group-draft = —
group-reviewing = 社区正在看。
group-open = ⏳ 等人认领
group-open-partly = ⏳ { $helpers }已认领，还差人（{ $taken }/{ $places }）
group-claimed = 🤝 { $helpers }已认领
group-delivered = 🤝 { $helpers }办好了，等居民确认
group-fulfilled = ✨ 实现了，谢谢{ $helpers }
group-fulfilled-silent = ☑️ 没等到居民回音，先按办好记了，谢谢{ $helpers }
group-rejected = 已撤下
group-withdrawn = 居民已撤回
group-merged = 已并入同类
group-closed = 已办结
group-hello = 大家好，我是“点亮微心愿”。请管理员发 /bind，告诉我这是哪个社区的群。
bind-area = “{ $title }”是哪里的群？
bind-audience = { $area }的哪种群？
audience-volunteers = 志愿者群
audience-reviewers = 审核员群
bound = 好了：这里是{ $area }的{ $audience }。
bound-no-rights = 不过我在这里还不能发消息，请把我设为管理员，或打开发言权限。
no-areas = 还没有导入社区名单，请先用 wishlight import-areas 导入。

# ── 认领的人 ──
helper-head = 您认领了这个心愿，请在 { $due } 前办好。
helper-head-asked = 社区请您帮忙办这个心愿，请在 { $due } 前办好。来不了就点“来不了”。
helper-head-order = 这件事交给您办，请在 { $due } 前办好。
helper-no-words = （没有文字，请听语音、看照片）
helper-name = 居民：{ $name }
helper-contact = ☎️ { $contact }（请不要转给别人）
helper-no-contact = 居民还没留联系方式。我已经请居民留一个，留了就告诉您。
helper-report = 辛苦了！说说做了什么，发张照片也行（已记 { $n } 条）。最后点一下用了多久。
helper-live = 正在办
helper-delivered = 您说办好了（{ $hours } 小时），等居民确认。
helper-confirmed = ✨ 居民确认了，{ $hours } 小时。谢谢您！{ $stars }
helper-silent = ✨ 居民一直没回音，先按办好记了，{ $hours } 小时。谢谢您！
helper-released = 这件事已经不在您手上了。
helper-disputed = 居民说还没办好，已经重新找人。
helper-withdrawn = 居民撤回了，不用去了，谢谢您。
helper-thanks = 💌 居民说：{ $thanks }
button-deliver = ✅ 办好了
button-release = ↩️ 来不了
button-sure-release = 是的，让给别人
button-hours = { $hours } 小时
taken-back = #{ $id } 不在您手上了，居民的话收回了。
other-readers = 这个群换了用途，这条不在这里看了。
claim-ended = #{ $id } 不用去了（{ $state }）。谢谢您！
let-in = 欢迎加入！您现在可以认领心愿了，发 /open 看看。
not-let-in = 这次没能让您加入，谢谢您的心意，可以问问社区。
gone-meanwhile = #{ $id } 刚才已被别人认领了。发 /open 看看别的。
expired = #{ $id } 过期几天了，我先请别人来办。下次忙不过来，点“来不了”就好。
expired-to-hand-out = #{ $id } 过期几天了，已经从您手上收回，请看看交给谁办。
confirmed = ✨ #{ $id } 居民确认办好了，谢谢您！
disputed = #{ $id } 居民说还差一点，我再找人看看。您跑这一趟，辛苦了。
thanked = 💌 #{ $id } 居民托我带句话：

# ── 清单 ──
my-head = <b>您的心愿</b>
my-empty = 您还没有心愿。直接写一句话就行。
open-head = <b>等人认领的心愿</b>
open-empty = 眼下没有等人认领的心愿，谢谢您惦记。
review-head = <b>待审核、待交办</b>
review-empty = 都处理完了。
claims-head = <b>您手上的</b>
claims-empty = 您手上没有在办的事。
line = #{ $id } { $category }{ $place } · { $when }
line-text = <i>{ $text }</i>
line-since = 等了 { $age }
line-due = { $due } 前
line-mine = { $state }
line-merged = 和 #{ $id } 一起办
line-reason = 社区说：{ $reason }
list-more = ……还有 { $n } 件，发 /open 或 /review 看全部。
list-more-volunteers = ……还有 { $n } 件，私下给我发 /open 看全部。
list-more-reviewers = ……还有 { $n } 件，私下给我发 /review 看全部。
list-more-news = ……还有 { $n } 件，发 /my 看全部。
reminder-group = <b>还有 { $n } 个心愿等人认领</b>
reminder-head = <b>提醒您 { $n } 件事</b>
reminder-reviewers = <b>提醒大家 { $n } 件事</b>
heading-urged = 居民在催，问办得怎样了：
heading-climbed = 拖得久了，请过问：
heading-overdue = 已经超时：
heading-unreachable = 机器人联系不上对方了，请另想办法联系：
heading-due = 快到时间了：
heading-reviewing = 等您审核：
heading-order = 等您安排人：
heading-open = 等人认领：
heading-news = <b>您也在反映的事，有消息了：</b>
heading-newcomer = 想当志愿者，等您点头（{ $n } 位）：
place-unknown = 未注明
digest-head = <b>📊 { $day } 今日小结</b>
digest-day = 新来 { $new } · 实现 { $fulfilled } · 其他办结 { $ended }
digest-silent = { " · " }没等到回音 { $n }
digest-joined = { " · " }一起反映 { $n }
digest-topics = <b>🔥 这几天好几位都在说：</b>
digest-topic = { $name }{ $place }（{ $n } 人{ $joined }，{ $days } 天）：{ $wishes }
digest-topic-joined = ，其中 { $n } 人跟着反映
digest-evening = 昨晚小结之后：新来 { $new } · 实现 { $fulfilled } · 其他办结 { $ended }
digest-now = 现在：待审 { $reviewing } · 待认领 { $open } · 在办 { $claimed } · 待确认 { $delivered }
digest-alarms = 🚨 还没人去的紧急情况 { $n } 件，请马上安排：{ $wishes }
digest-overdue = ⚠️ 超时 { $n } 件
digest-newcomers = 👋 想当志愿者、等您点头的 { $n } 位，发 /review 看
digest-failed = 🧯 有 { $n } 条消息没处理成，发 /failed 看看
digest-undelivered = 📵 有 { $n } 条消息没能送到
digest-categories = 类别：{ $list }
digest-places = 地方：{ $list }
digest-longest = <b>等得最久的：</b>
digest-nothing = 没有积压，大家辛苦了。
calendar-warning = 国务院还没有公布（或系统里还没有）{ $year } 年的放假安排，先按周一到周五算工作日。公布后请更新程序，或在提醒规则文件里写上放假和调休的日子。

# ── 轻提示 ──
toast-claimed = 您认领了！详情已发到私聊。
toast-asked = 谢谢您！第一次认领要管理员同意，已经问了，同意后就帮您认领。
toast-nobody = 谢谢您！现在联系不上管理员，过一会儿再点一次。
toast-waiting = 已经在等管理员同意了，请稍候。
toast-submitted = 提交了
toast-joined = 记上了，您也在反映 #{ $id }，有进展就告诉您
toast-twin-gone = #{ $id } 刚刚有了变化，加不进去了。您写的都在，照常提交就行。
toast-added-to-own = 加到 #{ $id } 里了
toast-left = 好的，以后不再提醒您这件事
toast-merged = 并好了，已告诉居民
toast-no-voices = 他们没有另外留话
toast-published = 文字会公开
toast-unpublished = 文字不公开
toast-named = 会署名
toast-anonymous = 匿名了
toast-withdrawn = 撤回了
toast-confirmed = 太好了！
toast-urged-helper = 已提醒帮您的人
toast-urged-helper-later = 夜里不打扰，天亮就提醒帮您的人
toast-urged-staff = 已提醒社区
toast-urged-staff-later = 夜里不打扰，天亮就提醒社区
toast-calmed = 好的，按普通心愿交给社区
toast-changed = 改好了
toast-rated = 谢谢您的评价
toast-approved = 通过了
toast-mine = 交给您了，详情在私聊
toast-assigned = 已交给{ $name }
toast-media = 已发到私聊
toast-no-media = 没有照片和语音
toast-taken = 您接手了，请马上联系
toast-done = 好了
toast-released = 好的，已重新找人
toast-delivered = 辛苦了，等居民确认
toast-start-first = 请先在私聊里点“开始”

# ── 不行的时候 ──
refusal-not-allowed = 这一步要社区来办。
refusal-not-yours = 这件事不在您手上，要本人来点。
refusal-own-wish = 这是您自己的事，要由别人来办。
refusal-turned-away = 上次没能让您加入。想再报名，请问问社区。
refusal-not-volunteer = 志愿者才能看这份清单。在群里点“认领”，管理员同意后就可以了。
refusal-not-started = 请先在私聊里点“开始”，我才能发给您。
refusal-out-of-reach = 我现在给对方发不了消息。请对方先在私聊里点“开始”。
refusal-other-kind = 这两件不是同一类，能看到的人不一样，不能并在一起。要是同一件事，先把类型改成一样的再并。
refusal-wrong-state = 晚了一步，这件事现在是“{ $state }”。
refusal-already-claimed = 手慢了一点，{ $name }先认领了。谢谢您！
refusal-in-hand = { $name }已经在办了，这会儿不改类型。
refusal-outrun = 您点的时候内容刚好变了，请看一眼最新的卡片再点。
refusal-already-done = 这一步已经做过了。
refusal-not-found = 找不到这一条了。发 /my 看看最新的。
refusal-not-open = 这一条现在不用认领，可能已经有人接了。谢谢您！
refusal-too-many-claims = 您手上已有 { $limit } 件，办好一件再认领吧。
refusal-too-soon = 今天已经催过了，明天还没动静再催。
refusal-bad-input = 这个我没看懂，您换个说法试试。
refusal-nothing-written = 还没有内容，先说一句吧。
refusal-too-long = 太长了，最多 { $limit } 字。您写的没有丢，请分开发，或先提交这一条。
refusal-not-a-number = 请写 0 到 { $limit } 之间的小时数，比如 1.5。
