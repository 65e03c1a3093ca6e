"""Which category a message falls in, and how sure the classifier is."""

import pytest

from nlp.classify import Classifier
from nlp.understanding import Reader

SAID = [
    # elder_care
    ("王阿姨一个人住，八十二岁，想找人陪她说说话", "elder_care"),
    ("独居老人想理个发，腿脚不便下不了楼", "elder_care"),
    ("我妈九十岁了，子女都在外地，没人给她做饭", "elder_care"),
    ("城关镇有没有老年食堂，老两口不想做饭了", "elder_care"),
    ("爷爷不会用智能手机，想有人教教他怎么打视频", "elder_care"),
    ("想给家里老人装个扶手，怕他摔跤", "elder_care"),
    ("空巢老人过年没人陪，想请志愿者来包顿饺子", "elder_care"),
    ("老母亲卧床半年了，想有人上门给擦洗翻身", "elder_care"),
    # disability_aid
    ("我是肢体残疾人，轮椅轮子坏了，想换一个", "disability_aid"),
    ("儿子是聋哑人，想要一副助听器", "disability_aid"),
    ("盲人按摩店门口的盲道被占，出不了门", "disability_aid"),
    ("残疾证怎么办，要带什么材料", "disability_aid"),
    ("自闭症孩子想找个能陪他玩的大学生", "disability_aid"),
    ("楼门口没有无障碍坡道，轮椅上不去", "disability_aid"),
    # child_youth
    ("孙女上网课要打印作业，家里没有打印机", "child_youth"),
    ("留守儿童想要一个书包和几本故事书", "child_youth"),
    ("宝宝八个月，奶粉快吃完了，买不到", "child_youth"),
    ("暑假孩子没人看，社区有没有四点半课堂", "child_youth"),
    ("想给娃找个大学生辅导数学作业", "child_youth"),
    ("刚出生的孩子缺一辆婴儿车，有闲置的吗", "child_youth"),
    # hardship_relief
    ("家里揭不开锅了，想求点米面油", "hardship_relief"),
    ("男人生病，我没有收入，房租都交不起", "hardship_relief"),
    ("发大水把家里淹了，被褥和衣服都没了", "hardship_relief"),
    ("我一个人在出租屋，两天没吃饭了，没钱", "hardship_relief"),
    ("安置点缺棉被和方便面，求支援", "hardship_relief"),
    ("建档立卡的困难户，冬天没有棉衣", "hardship_relief"),
    # home_repair
    ("厨房水龙头滴水，关不紧", "home_repair"),
    ("家里灯泡坏了，我够不着，想请人换一下", "home_repair"),
    ("煤气灶打不着火，不知道哪里坏了", "home_repair"),
    ("马桶堵了，谁会通一下", "home_repair"),
    ("电视没有信号了，遥控器也按不动", "home_repair"),
    ("门锁坏了，钥匙拧不动", "home_repair"),
    ("空调不制冷，能找人来看看吗", "home_repair"),
    ("家里跳闸，插座没电", "home_repair"),
    # errands
    ("请人帮忙去药店买一盒降压药", "errands"),
    ("想请人代取一个快递，送到楼下就行", "errands"),
    ("帮我去菜场捎两斤青菜和一块豆腐", "errands"),
    ("不会用手机缴电费，想请人代缴", "errands"),
    ("能不能帮忙把这个包裹寄到西安", "errands"),
    ("腿摔了出不了门，想请人跑腿买点日用品", "errands"),
    # culture_sports
    ("小广场想添几样健身器材", "culture_sports"),
    ("社区能不能办个书法班", "culture_sports"),
    ("想看一场秦腔，好多年没看了", "culture_sports"),
    ("图书馆周末几点开门", "culture_sports"),
    ("跳广场舞缺一个音响", "culture_sports"),
    ("希望组织一次象棋比赛", "culture_sports"),
    # health
    ("想请医生上门量血压测血糖", "health"),
    ("县医院看病排队要一上午", "health"),
    ("打流感疫苗在哪里预约", "health"),
    ("卫生院的护士态度不好", "health"),
    ("透析一周三次，医院不让陪护", "health"),
    ("最近心情抑郁，想做心理咨询", "health"),
    # education
    ("孩子今年上一年级，划片是哪所小学", "education"),
    ("老师周末有偿补课，收费很高", "education"),
    ("幼儿园乱收费，没有收据", "education"),
    ("转学需要哪些手续", "education"),
    ("学校食堂的饭菜太差", "education"),
    # employment
    ("干了半年活，包工头拖欠工资不给", "employment"),
    ("下岗以后找不到工作，想找个公益性岗位", "employment"),
    ("公司不签劳动合同，也不交社保", "employment"),
    ("工地上摔伤了腿，算不算工伤", "employment"),
    ("想参加技能培训学电焊", "employment"),
    # disputes
    ("楼上邻居半夜吵架，两家闹到要打官司", "disputes"),
    ("邻居砌墙占了我家的过道，谁来调解", "disputes"),
    ("借钱给同乡，三年了欠钱不还", "disputes"),
    ("兄弟姐妹为遗产闹纠纷", "disputes"),
    ("要离婚，抚养权怎么判", "disputes"),
    # public_safety
    ("楼道里电动车充电，飞线乱拉，火灾隐患大", "public_safety"),
    ("院子里进了小偷，两辆电瓶车被盗", "public_safety"),
    ("流浪狗成群，孩子被狗咬了", "public_safety"),
    ("有人在茶馆里聚众赌博", "public_safety"),
    ("接到诈骗电话，被骗了三千块", "public_safety"),
    ("高空抛物砸坏了我的车", "public_safety"),
    # sanitation
    ("垃圾桶满了好几天没人清运，臭得很", "sanitation"),
    ("楼下烧烤摊油烟大，半夜还吵", "sanitation"),
    ("工地夜间施工噪音扰民，睡不着觉", "sanitation"),
    ("河里飘着死猪，水都黑了，污水直排", "sanitation"),
    ("麻将馆通宵打牌，吵得没法休息", "sanitation"),
    # facilities
    ("巷子里的路灯坏了一个月，晚上一片漆黑", "facilities"),
    ("自来水又停了，三天两头停水", "facilities"),
    ("路面塌陷，井盖也坏了", "facilities"),
    ("什么时候通天然气", "facilities"),
    ("村里的路还是泥巴路，希望硬化", "facilities"),
    ("下水道堵塞，污水溢到街上", "facilities"),
    # property
    ("小区电梯三天两头坏，物业不管", "property"),
    ("物业费又涨了，服务越来越差", "property"),
    ("想成立业委会，需要什么手续", "property"),
    ("顶楼住户违建，物业不制止", "property"),
    ("地下车库的车位只卖不租", "property"),
    # traffic
    ("三路公交车半小时才来一趟，希望加车", "traffic"),
    ("十字路口没有红绿灯，过马路太危险", "traffic"),
    ("学校门口天天堵车，交警也不管", "traffic"),
    ("摩托车驾驶证到期了怎么换", "traffic"),
    ("大货车半夜在街上飙车，还闯红灯", "traffic"),
    # housing
    ("我们这片棚户区什么时候拆迁", "housing"),
    ("交房两年了，房产证还办不下来", "housing"),
    ("开发商延期交房，楼盘成了烂尾楼", "housing"),
    ("想申请公租房，条件是什么", "housing"),
    ("征地补偿款一直没有发下来", "housing"),
    # consumer
    ("超市卖过期牛奶，不给退款", "consumer"),
    ("健身房关门跑路，办的卡没法退费", "consumer"),
    ("菜市场缺斤少两，没人监管", "consumer"),
    ("快递站取件还要收钱", "consumer"),
    ("旅行社强制消费，导游态度恶劣", "consumer"),
    # social_security
    ("养老金怎么认证", "social_security"),
    ("低保申请要哪些材料", "social_security"),
    ("给新生儿上户口去哪个窗口", "social_security"),
    ("身份证丢了怎么补办", "social_security"),
    ("医保卡换社保卡在哪里办", "social_security"),
    # suggestions
    ("建议县里把狮头柑这个品牌做大", "suggestions"),
    ("对全县旅游发展提几点看法", "suggestions"),
    ("红白喜事酒席攀比成风，盼望移风易俗", "suggestions"),
    ("政府网站上的留言没有人回复", "suggestions"),
    # other
    ("家里的小猫丢了粮，想讨一点猫粮", "other"),
    ("想当志愿者，怎么报名", "other"),
]


@pytest.mark.parametrize(("text", "category"), SAID)
def test_everyday_sentences_find_their_category(reader: Reader, text: str, category: str) -> None:
    assert reader.understand(text).category == category


def test_a_text_that_no_word_speaks_for_goes_to_other_and_is_not_sure(reader: Reader) -> None:
    read = reader.understand("嗯嗯")
    assert (read.category, read.not_sure, read.confidence, read.words) == ("other", True, 0.0, ())
    assert len(set(read.choices)) == 3


def test_the_words_that_decided_are_told_with_their_share(reader: Reader) -> None:
    read = reader.understand("厨房水龙头滴水，水管也漏水")
    assert read.words[0][0] in {"水龙头", "漏水", "水管", "滴水"}
    shares = [share for _, share in read.words]
    assert shares == sorted(shares, reverse=True)
    assert 0.5 < sum(shares) <= 1.01


def test_two_demands_in_one_sentence_make_it_less_sure(reader: Reader) -> None:
    one = reader.understand("巷子里的路灯不亮")
    two = reader.understand("巷子里的路灯不亮，公交车也半天不来")
    assert two.confidence < one.confidence
    assert set(two.choices) >= {"facilities", "traffic"}


def test_the_opening_counts_more_than_the_tail(reader: Reader) -> None:
    story = "我在这里住了很多年，一直觉得日子过得不错，邻里之间也很和气，" * 3
    read = reader.understand("公交车太少了。" + story + "垃圾")
    assert read.category == "traffic"


def test_against_words_keep_a_bus_stop_beside_a_hospital_out_of_health(taxonomy, reader: Reader) -> None:
    assert reader.understand("医院门口的公交站什么时候恢复").category == "traffic"


def test_learned_leaning_only_counts_for_known_codes(taxonomy) -> None:
    verdict = Classifier(taxonomy).classify("", [], leaning="no_such_code")
    assert verdict.category == "other"


@pytest.mark.parametrize("trouble", ["坏了", "老是坏", "坏了很久了", "坏了没人修"])
@pytest.mark.parametrize(
    ("thing", "categories"),
    [
        ("路灯", "facilities"),
        ("斑马线", "traffic"),
        ("公交站牌", "traffic"),
        ("井盖", "facilities"),
        ("健身器材", "facilities culture_sports"),
        ("公厕", "facilities sanitation"),
        ("电梯", "property"),
        ("单元门", "property"),
        ("垃圾桶", "sanitation"),
        ("水龙头", "home_repair"),
        ("我家马桶", "home_repair"),
        ("热水器", "home_repair"),
    ],
)
def test_what_is_broken_outside_is_no_repair_at_home(reader: Reader, thing: str, categories: str, trouble: str) -> None:
    assert reader.sort(thing + trouble)[0].category in categories.split()
