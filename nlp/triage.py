"""Kind, urgency and beneficiary of a message, by weighted cues."""

import re

_URGENT = re.compile("今天|马上|立刻|立即|紧急|急需|十分急|很急|急急|救命|快点|尽快")
_DAYS = re.compile("明天|后天|这几天|这周|本周|几天|两三天|周末")
_THANKS = re.compile("感谢|谢谢你们|致谢|点赞|表扬|锦旗")
_QUESTION = re.compile("咨询|请问|想问|吗|呢|[?]|什么时候|何时|怎么办|怎样|如何|哪里|哪些|是否")
_SUGGEST = re.compile("建议|提议|希望政府|倡议|呼吁")
_COMPLAINT = re.compile("投诉|举报|反映|扰民|不管|没人管|无人处理|太差|违规|违法|非法|长期|乱|欺诈|拖欠|拒")
_PEOPLE = (
    ("disabled", re.compile("残疾|盲人|聋|哑|轮椅|瘫痪|智障")),
    ("elder", re.compile("老人|老奶奶|老爷爷|爷爷|奶奶|外公|外婆|老年|孤寡|[七八九]十多?岁|[6-9]\\d多?岁|1\\d\\d岁|老母|老父")),
    ("child", re.compile("孩|宝宝|婴儿|儿童|学生|娃|月龄|小学|中学|幼儿|儿子|女儿|留守")),
    ("family", re.compile("我家|家里|全家|一家|我们家|家中|父母|爱人|妻子|丈夫")),
    ("self", re.compile("我|本人|求购")),
)


def urgency(text: str) -> str:
    if _URGENT.search(text):
        return "today"
    return "days" if _DAYS.search(text) else "whenever"


def kind(text: str) -> str:
    if _THANKS.search(text):
        return "thanks"
    if _SUGGEST.search(text):
        return "suggestion"
    if _COMPLAINT.search(text):
        return "complaint"
    return "question" if _QUESTION.search(text) else "wish"


def beneficiary(text: str) -> str:
    return next((who for who, pattern in _PEOPLE if pattern.search(text)), "public")
