"""Full names of people: after words that announce one, after what somebody is to somebody, before and after titles.

A surname with a title (王阿姨) is not one.
"""

import re
from collections.abc import Iterator

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易"
    "乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙"
    "荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯"
    "于"
)
COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|夏侯|端木|轩辕|南宫|独孤"
_COMMON = re.sub(
    "[应申司农项时管路]", "", SURNAMES[:200]
)  # the likelier ones, for places where a surname may as well begin a word
_HAN = "[\u4e00-\u9fff]"
_END = (
    r"(?=$|[^\u4e00-\u9fff]|男|女|今年|现年|年龄|家住|住|系|是|现|电话|手机|联系|身份证|生于|出生|的|和|与|在|因|"
    r"于|反映|申请|我|已|有|家|来自|请|想|要|微信|同志|先生|女士)"
)
_PUNCTUATION = r"(?=\s*(?:$|[,.。!?;:、()（）\s\n\d]))"
_GIVEN = f"{_HAN}(?:·{_HAN}{{1,4}})?{_HAN}?"
_ANNOUNCED = re.compile(
    rf"(?:我的?名字(?:叫|是)?|我叫做?|本人叫|名叫|名字[:是叫]|姓名|联系人|收件人|收货人|收信人|举报人|投诉人|反映人|"
    rf"申请人|求助人|求助者|报案人|当事人|户主|户名|开户人|署名|落款|监护人|负责人|患者姓名|(?:他|她|子|女儿|孙女|"
    rf"孩子|公|婆|爱人|丈夫|老人|母亲|父亲|妈|爸|爷|奶|人)(?:名字)?叫(?!我|人|车|外卖|了|做|不|他|她|你|来|去|个|"
    rf"什么|救护))"
    rf"(?:[:是为叫,.\s()]|姓名){{0,6}}(?P<name>(?:{COMPOUND}){_GIVEN}?{_END}|(?:{COMPOUND}){_GIVEN}|"
    rf"[{SURNAMES}]{_GIVEN}?{_END}|[{SURNAMES}]{_GIVEN})"
)
_TITLE = (
    "先生|女士|小姐|太太|夫人|阿姨|大爷|大妈|大娘|大叔|大伯|大哥|大姐|奶奶|爷爷|叔叔|婶|婆婆|伯伯|老师|同志|"
    "师傅|医生|大夫|护士|书记|主任|警官|民警|经理|总经理|董事长|局长|处长|科长|所长|队长|院长|校长|镇长|县长|区长|市长|"
    "村长|组长|站长|律师|法官|教授|同学"
)
_FROM = r"(?:[\d\u4e00-\u9fff]{2,12}?(?:社区|小区|网格|家园|花园|新村|[村组街路巷镇栋楼院])的?)?"  # 我是菜湾社区的…
_SELF = re.compile(
    rf"(?:本人|我是|我,|这里是)\s*[:是]?\s*{_FROM}(?P<name>(?:{COMPOUND}|[{_COMMON}])(?!{_TITLE}){_HAN}{{1,2}}){_PUNCTUATION}"
)
_TITLED = re.compile(rf"(?P<name>(?:{COMPOUND}|[{_COMMON}])(?!{_TITLE}){_HAN}{{1,2}}?)(?:{_TITLE})")
_BESIDE = re.compile(
    rf"(?P<name>(?:{COMPOUND}|[{_COMMON}]){_HAN}{{1,2}})(?=[\s:,、(]*(?:(?:的)?(?:联系)?(?:电话|手机|"
    rf"tel)(?:号码?)?[\s:是为]*\+?[01一零]|\+?(?:86)?[- ]?1[3-9]\d[\d\- ]{{7}}|身份证号?[:是为]*\d|[,(]\s?(?:男|"
    rf"女)[,)]))"
)
FAMILY = "儿子|女儿|闺女|孙子|孙女|外孙女|外孙|侄子|侄女|外甥女|外甥|弟弟|妹妹"
"""Children who are somebody's."""
_CHILD = f"{FAMILY}|孩子|小孩|小孩子|娃娃|娃儿|娃|宝宝|小朋友|小学生|学生|同学|男孩|女孩|小男孩|小女孩"
_KIN = (
    rf"{_CHILD}|老公|老婆|丈夫|妻子|爱人|老伴|对象|母亲|父亲|妈妈|爸爸|我妈|我爸|我娘|我爹|俺妈|俺爸|俺娘|俺爹|奶奶|爷爷|外婆|外公|姥姥|姥爷|公公|婆婆|"
    "岳父|岳母|哥哥|姐姐|嫂子|老人|居民|村民|业主|住户|租户|房东|邻居|户主|工友|同事|战友|老党员|党员|退役军人|残疾人|志愿者"
)
_OFFICE = (
    "主任|书记|村长|支书|会计|经理|老板|老板娘|法人|负责人|承包人|包工头|工头|队长|组长|司机|医生|护士|老师|校长|园长|班主任|网格员|"
    "楼长|栋长|保安|房主|中介"
)
_GOES_ON = (  # what a sentence about a person goes on with
    r"(?=\s*(?:$|[,.。!?;:、()（）\s\d]|今年|现年|年龄|今天|昨天|明天|前天|男|女|岁|的|在|是|有|因|患|得了|得的|已经|已|想|要|会|能|"
    r"不|没|腿|眼|手|身|住|家住|独居|一个人|一人|卧|瘫|病|摔|读|上|下|去|被|把|和|跟|与|从|都|也|很|还|刚|正|就|每|常|骗|欠|打|收|拖|贪|他|她|说|来))"
)
_FULL = rf"(?:(?:{COMPOUND}){_HAN}{{1,2}}|[{_COMMON}](?!{_TITLE}|老[板头汉太师]|总|某){_HAN}{{2}})"
# 我女儿李小红在…, 我妈王桂芳83岁: three characters, or two before a sign, a number, a sex
_KIN_NAMED = re.compile(
    rf"(?:{_KIN})(?:叫|是|名叫|[:,、(“\"])?\s?(?P<name>{_FULL}{_GOES_ON}"
    rf"|[{_COMMON}](?!{_TITLE}){_HAN}(?=\s*(?:$|[,。!?;、)）\d]|今年|现年|男|女)))"
)
_OFFICE_NAMED = re.compile(rf"(?:{_OFFICE})(?:叫|是|名叫|[:(“\"])?\s?(?P<name>{_FULL}{_GOES_ON})")
# a child goes by a pet name as well: 孩子叫乐乐, …,叫李小红
_CHILD_CALLED = re.compile(
    rf"(?:{_CHILD}|小名|乳名)(?:的?(?:名字|小名|乳名))?叫(?P<name>(?!{_CHILD}|他|她|我|人|车|做|什么|来|去|不){_HAN}{{2,3}}){_PUNCTUATION}"
    rf"|(?<=[,。;:\s])(?:他|她)?叫(?P<called>(?:{COMPOUND}|[{_COMMON}]){_HAN}{{1,2}})(?=\s*(?:$|[,。!?;、)）]|今年|现年|\d))"
)
_DOTTED = re.compile(  # 我叫阿依古丽·买买提
    rf"(?:叫|本人|我是|这里是|姓名|联系人|负责人|{_KIN}|{_OFFICE})[:是为叫\s]{{0,3}}(?P<name>{_HAN}{{2,7}}[·•・‧]{_HAN}{{2,7}}?){_GOES_ON}"
)
_PET_NAMED = re.compile(  # 我孙子乐乐在…
    rf"(?:{_CHILD})(?P<name>(?!天天|常常|刚刚|慢慢|偷偷|渐渐|好好|每每|统统|往往|人人|个个|处处|早早|整整|明明|白白|多多|爸爸|妈妈|爷爷|奶奶|哥哥|"
    rf"姐姐|弟弟|妹妹|公公|婆婆|宝宝|娃娃|星星|谢谢|久久|急急|乖乖|偏偏|仅仅|远远|默默|连连|足足|频频|时时|纷纷|微微)(?P<half>{_HAN})(?P=half))"
    rf"(?=在|今年|\d|上|读|[,。、]|的|想|要|$)"
)
# 我是李小红的妈妈, 李小红小朋友
_OF_WHOM = re.compile(
    rf"(?:^|(?<=[,。;:、\s是找给帮为替和]))(?P<name>(?:{COMPOUND}|[{_COMMON}]){_HAN}{{1,2}})(?=的?(?:小朋友|小同学|宝贝)|"
    rf"的(?:妈妈|爸爸|妈|爸|母亲|父亲|奶奶|爷爷|外婆|外公|姥姥|姥爷|家长|监护人|儿子|女儿|孙子|孙女|孩子|爱人|妻子|丈夫|老公|老婆|女婿|儿媳))"
)
# words that begin like a name
_WORDS = re.compile(
    "高龄|高中|高校|高级|高血|高三|高二|高一|高考|关爱|关心|关怀|关于|关键|许多|许可|任何|任教|方便|方案|温暖|单身|"
    "单位|单亲|常年|成年|成立|成都|成绩|康复|江边|江苏|江西|石家|金婚|白发|白天|文明|文化|安全|安排|安徽|安置|安装|"
    "平时|平安|平房|"
    "时间|时常|时候|应该|应当|和平|全体|全家|全村|全部|全国|全市|明天|明年|明确|马上|马路|万一|万科|牛奶|米饭|米粉|"
    "边上|原来|原因|原有|满意|国家|国企|农村|农民|公司|公交|公安|公园|公共|居民|居住|居委|相关|相信|来自|来到|来电|"
    "但是|都是|都有|于是|于本|"
    "向上|向有|向政|向市|向社|向领|向你|向您|向贵|向各|华润|南方|南路|海南|云南|宁夏|商家|商铺|解决|解除|管理|游客|"
    "连续|连接|经过|曾经|曾多|曾在|曾是|雷锋|严重|严格|古稀|阳性|阳光|孔明|沙发|花园|路过|路上|路边|路口|门口|门卫|"
    "门诊|房东|房屋|房产|房子|强烈|强制|和谐|和您|和我|和他|和她|左右|"
    "老师|钱款|毛病|章程|纪律|龙头|汤水|石头|金额|田地|林地|水田|车位|车辆|车主|车站|楼上|楼下|楼栋|区委|区政|党员|"
    "党委|党支|支部|支书|封控|封闭|封城|池塘|乐于|花费|麻烦|麻将|包括|包工|官方|商业|荣幸|利用|利益|修路|祖国|祖孙|"
    "祖籍|计划|支持|银行|印象|危险|危房|战友|隆回|茅台|国庆|惠民|武装|武汉|武警|孙子|孙女|何时|何人|何况|何处|"
    "何必|余下|余款|程序|程度|段时|段路|方面|方式|方向|白色|江湖|史上|万元|万户|万人|万多|毕业|童年|童装|冷水|冷库|"
    "景区|景点|宫颈|费用|卫生|卫健|柏油|应有|明显|明明|池子|查询|查处|查看|迟迟|谈话|乐观|区域|区别|盘点|花钱|权利|"
    "权益|帅哥|付[宝款钱费]|母亲|母女|母子|阿姨|公公|婆婆|居家|干部|干活|斯人"
)
# … and words where a name is only guessed from what somebody is to somebody, unless an age follows
_GUESSED_WORDS = re.compile(
    "周末|周边|周围|周年|周[一二三四五六日天][上下早晚中夜到来去前后休放没不的]|连[^\u4e00-\u9fff]?[厕呼基最饭水个]|车牌|车费|车胎|车拥|车的|"
    "高位|高质|尤其|房门|房款|房内|房价|安心|安宁|安居|成长|向[物我社业政]|陆续|单方|单独|解释|解惑|游行|谢谢|童[联在]|凌晨|"
    "文件|关注|钱财|包围|何去|毕竟|苦不"
)
_AGE = re.compile(r"[,(\s]*(?:今年|现年)?\d{1,3}岁|[,(\s]+[男女](?![\u4e00-\u9fff])")
_FUNCTION = "在于不还以与却又被把也都就等"


_SALUTATION = re.compile(rf"(?:{COMPOUND}|[老小]?[{_COMMON}])(?:{_TITLE})")


def find_salutations(plain: str) -> Iterator[tuple[int, int]]:
    """Spans such as 王阿姨 and 小李同志: whom one speaks to, where others read along."""
    for found in _SALUTATION.finditer(plain):
        yield found.span()


def find_names(plain: str) -> Iterator[tuple[int, int]]:
    """Spans of full names in a normalised text."""
    for pattern in (_ANNOUNCED, _SELF, _TITLED, _BESIDE):
        for found in pattern.finditer(plain):
            start, end = found.span("name")
            if plain.startswith("感谢", start - 1) or _WORDS.match(found["name"]):
                continue
            if pattern is _ANNOUNCED or not _WORDS.match(plain, start - 1):
                yield start, end
    for pattern in (_KIN_NAMED, _OFFICE_NAMED, _CHILD_CALLED, _OF_WHOM, _DOTTED, _PET_NAMED):
        for found in pattern.finditer(plain):
            start, end = found.span("called" if found.lastgroup == "called" else "name")
            if _WORDS.match(plain[start:end]) or (_GUESSED_WORDS.match(plain[start:end]) and not _AGE.match(plain, end)):
                continue
            if end - start > 2 and plain[end - 1] in _FUNCTION:  # 妻子刘维于…
                end -= 1
            if pattern is not _OF_WHOM or not _WORDS.match(plain, start - 1):
                yield start, end
