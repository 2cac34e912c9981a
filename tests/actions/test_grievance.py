"""What is read out of a complaint."""

import pytest

from actions import grievance
from utility.models import ComplaintClass, Grade


@pytest.mark.parametrize("text", ["我要投诉", "投诉你们", "你好,我要反映个情况", "怎么投诉", "投诉!!", "我想投诉个事"])
def test_the_bare_wish_tells_nothing(text: str) -> None:
    assert grievance.is_bare(text)
    assert not grievance.tells(text)


@pytest.mark.parametrize("text", ["态度恶劣", "乱收费", "施工扰民", "热线打了十几遍没人接"])
def test_a_few_words_can_tell_enough(text: str) -> None:
    assert grievance.tells(text)


@pytest.mark.parametrize(
    "text", ["说完了", "就这些", "没有了", "没了", "好的,就这些,谢谢", "没什么要补充的了", "不用了"]
)
def test_words_that_end_the_story_are_known(text: str) -> None:
    assert grievance.is_done(text)


@pytest.mark.parametrize("text", ["没人管", "没电了", "没有人来", "说了也没用", "不给办"])
def test_parts_of_the_story_do_not_end_it(text: str) -> None:
    assert not grievance.is_done(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("营业厅那个女的态度差得要死", ComplaintClass.SERVICE),
        ("热线打了十几遍没人接", ComplaintClass.SERVICE),
        ("装个表问我要八百,乱收费", ComplaintClass.BUSINESS),
        ("报装拖了四十天,店都不能开业", ComplaintClass.BUSINESS),
        ("停电从来不提前说", ComplaintClass.OUTAGE),
        ("说来修三天不来", ComplaintClass.OUTAGE),
        ("报修一上午没人来,家里两个老人热得不行", ComplaintClass.OUTAGE),
        ("三天两头停电", ComplaintClass.QUALITY),
        ("电压低反映了两年,空调都带不动", ComplaintClass.QUALITY),
        ("半夜施工,吵得整栋楼没法睡", ComplaintClass.CONSTRUCTION),
        ("电线杆立在我家地里,没人问过我同意", ComplaintClass.CONSTRUCTION),
        ("太气人了", ComplaintClass.SERVICE),
    ],
)
def test_the_class_is_read_from_the_words(text: str, kind: ComplaintClass) -> None:
    assert grievance.class_of(text) is kind


@pytest.mark.parametrize(
    ("text", "grade", "why"),
    [
        ("师傅没来", Grade.NORMAL, ""),
        ("把登记表摔在桌上", Grade.NORMAL, ""),
        ("挖路挖了一个月不填,我奶奶摔了一跤", Grade.MAJOR, "涉及人身伤害"),
        ("再不解决我找记者", Grade.MAJOR, "涉及媒体"),
        ("我代表6栋三十多户居民投诉", Grade.MAJOR, "影响多户"),
        ("再不解决我打12345了", Grade.IMPORTANT, "客户称将向上反映"),
        ("投诉三次了都没下文", Grade.IMPORTANT, "重复投诉"),
    ],
)
def test_the_grade_comes_with_its_reason(text: str, grade: Grade, why: str) -> None:
    assert grievance.grade_of(text, vulnerable=False) == (grade, why)


def test_a_vulnerable_household_makes_it_important() -> None:
    assert grievance.grade_of("停电没人管", vulnerable=True)[0] is Grade.IMPORTANT


def test_a_number_in_a_story_is_the_callers_only_when_said_so() -> None:
    assert not grievance.gives_own_phone("打师傅电话13800001234打了十遍也没人接,气人")
    assert grievance.gives_own_phone("师傅一直没来修,你们联系我13800001234")
    assert grievance.gives_own_phone("13800001234")


def test_hours_without_power_are_an_outage_in_any_dialect() -> None:
    assert grievance.class_of("停了六个钟头电没一个人管") is ComplaintClass.OUTAGE
