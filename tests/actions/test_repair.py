"""A repair report from the first word to the ticket, against the real backend."""

from copy import deepcopy

import pytest

from actions.belief import VerifiedAccount
from actions.handoff import HandoffService
from actions.outage import OutageService
from actions.progress import ProgressService
from actions.repair import RepairService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import Clock, Line, TalkTo
from tests.actions.talk import Talk
from utility.client import UtilityClient
from utility.models import Grade, Ticket


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(SmalltalkService(), HandoffService(), OutageService(), RepairService(), ProgressService())


async def tickets(talk: Talk) -> list[Ticket]:
    return await talk.utility.tickets(talk.conversation)


async def tell_everything(talk: Talk, symptom: str = "灯一闪一闪", scope: str = "一户") -> str:
    """A first message with all there is to know."""
    text = f"报修,阳光花园3栋2单元501室{symptom},{scope},电话13900001111"
    return await talk.says(
        text,
        "repair_report",
        community="阳光花园",
        building="3栋2单元501室",
        symptom=symptom,
        scope=scope,
        phone="13900001111",
    )


# --- one question at a time -----------------------------------------------------------------------------------------


async def test_a_report_is_asked_for_one_thing_at_a_time_read_back_and_submitted(talk: Talk) -> None:
    await talk.says("我要报修", "repair_report")
    assert talk.said == ["utter_ask_place"]
    await talk.says("阳光花园", "inform", community="阳光花园")
    assert talk.said == ["utter_ask_building"]
    await talk.says("3栋2单元501", "inform", building="3栋2单元501=3栋2单元501室")
    assert talk.said == ["utter_ask_symptom"]
    assert talk.titles == ["没电", "跳闸", "电压不稳", "电表异常", "其他"]
    await talk.presses("电压不稳")
    assert talk.said == ["utter_ask_scope_repair"]
    await talk.presses("整栋楼")
    assert talk.said == ["utter_ask_phone"]
    text = await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_repair_confirm"]
    assert "地址:阳光花园3栋2单元501室" in text
    assert "故障:电压不稳" in text
    assert "范围:整栋楼" in text
    assert "139****1111" in text
    text = await talk.presses("确认提交")
    (ticket,) = await tickets(talk)
    assert ticket.no in text
    assert "城东供电所抢修班" in text
    assert "目标到达时间:今天10:50前" in text
    assert "十项承诺" in text
    assert talk.titles == ["查进度", "催办"]
    assert not talk.belief.matters


async def test_what_the_first_message_tells_is_not_asked_for_again(talk: Talk) -> None:
    await tell_everything(talk)
    assert talk.said == ["utter_repair_boundary", "utter_repair_confirm"]
    await talk.presses("确认提交")
    (ticket,) = await tickets(talk)
    assert (ticket.symptom, ticket.scope) == ("灯一闪一闪", "一户")
    assert ticket.description.startswith("报修,阳光花园3栋2单元501室灯一闪一闪")


async def test_a_trouble_in_the_first_words_counts_without_an_entity(talk: Talk) -> None:
    await talk.says("空开一推就掉,来个人修", "repair_report")
    await talk.says("阳光花园3栋", "inform", community="阳光花园", building="3栋")
    assert talk.said == ["utter_ask_scope_repair"]


async def test_a_building_before_the_place_is_kept(talk: Talk) -> None:
    await talk.says("3栋跳闸了", "repair_report", building="3栋", symptom="跳闸")
    assert talk.said == ["utter_ask_place"]
    await talk.says("阳光花园", "inform", community="阳光花园")
    assert talk.said == ["utter_ask_scope_repair"]
    assert talk.belief.place
    assert talk.belief.place.address == "阳光花园3栋"


async def test_several_facts_in_one_answer_are_all_taken(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says(
        "阳光花园3栋,电话13900001111,整栋都跳闸",
        "inform",
        community="阳光花园",
        building="3栋",
        phone="13900001111",
        symptom="跳闸",
        scope="整栋",
    )
    assert talk.said == ["utter_repair_confirm"]


async def test_a_long_story_is_kept_whole_and_read_back_shortened(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("阳光花园3栋", "inform", community="阳光花园", building="3栋")
    story = "昨天晚上开始客厅的灯就一闪一闪的,后来冰箱也嗡嗡响不制冷,今天早上屋子暗暗的,我妈说可能是楼道那个箱子的事"
    await talk.says(story, "repair_report", symptom="一闪一闪")
    await talk.presses("只有我家")
    text = await talk.says("13900001111", "inform", phone="13900001111")
    assert story not in text
    assert story[:40] + "…" in text
    await talk.presses("确认提交")
    assert (await tickets(talk))[0].symptom == story


async def test_another_trouble_than_the_buttons_is_told_in_words(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("阳光花园3栋", "inform", community="阳光花园", building="3栋")
    await talk.presses("其他")
    assert talk.said == ["utter_ask_symptom_words"]
    await talk.says("表箱门掉了,风一吹哐哐响", "chitchat_oos")
    assert talk.said == ["utter_ask_scope_repair"]


async def test_a_phone_number_is_no_trouble(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("阳光花园3栋", "inform", community="阳光花园", building="3栋")
    await talk.says("13900001111", "inform", phone="13900001111")
    assert talk.said == ["utter_ask_symptom"]
    assert talk.belief.phone == "13900001111"


async def test_an_answer_that_sounds_like_an_outage_query_is_an_answer(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("阳光花园3栋没电了", "outage_query", community="阳光花园", building="3栋")
    assert talk.said == ["utter_ask_scope_repair"]
    await talk.says("整栋楼都停电了", "outage_query", scope="整栋")
    assert talk.said == ["utter_ask_phone"]


async def test_a_question_about_an_outage_in_the_middle_is_answered_and_the_report_goes_on(talk: Talk) -> None:
    await talk.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    await talk.says("翠湖苑什么时候来电", "outage_query", community="翠湖苑")
    assert talk.said == ["utter_outage_fault", "utter_resume", "utter_ask_scope_repair"]


async def test_small_talk_and_a_repeated_wish_do_not_lose_the_question(talk: Talk) -> None:
    await talk.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    await talk.says("谢谢", "thanks")
    assert talk.said[-1] == "utter_ask_scope_repair"


async def test_it_can_be_cancelled_at_any_question(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("阳光花园3栋", "inform", community="阳光花园", building="3栋")
    await talk.says("算了不报了", "cancel")
    assert talk.said == ["utter_cancelled"]
    assert not talk.belief.matters


async def test_a_village_is_asked_for_a_landmark_and_promised_its_own_limit(talk: Talk) -> None:
    await talk.says("柳树湾家里跳闸", "repair_report", community="柳树湾", symptom="跳闸")
    assert talk.said == ["utter_ask_landmark"]
    await talk.says("3组,小卖部对面", "inform")
    await talk.presses("只有我家")
    await talk.says("13900001111", "inform", phone="13900001111")
    text = await talk.presses("确认提交")
    assert "今天11:35前" in text
    assert "农村" in text


async def test_an_address_that_nobody_knows_is_taken_as_it_is_in_the_end(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("凤栖梧桐公馆", "inform")
    assert talk.said == ["utter_place_unknown"]
    await talk.says("凤栖梧桐公馆9栋", "inform", building="9栋")
    assert talk.said == ["utter_ask_symptom"]


async def test_a_trouble_is_no_answer_to_where(talk: Talk) -> None:
    await talk.says("报修", "repair_report")
    await talk.says("我家里一直跳闸啊", "repair_report")
    assert talk.said == ["utter_ask_place"]
    await talk.says("阳光花园", "inform", community="阳光花园")
    await talk.says("就是没电了嘛", "outage_query")
    assert talk.said[-1] == "utter_ask_building"


# --- a known outage -------------------------------------------------------------------------------------------------


async def test_a_known_outage_is_told_as_soon_as_the_place_is_known_and_saves_a_ticket(talk: Talk) -> None:
    text = await talk.says("翠湖苑报修", "repair_report", community="翠湖苑")
    assert talk.said == ["utter_repair_known"]
    assert "翠湖苑全部楼栋" in text
    assert "预计恢复:今天12:10" in text
    assert "信息更新于今天09:47" in text
    assert talk.titles == ["是,等恢复", "不是,继续报修", "一起登记"]
    await talk.presses("是,等恢复")
    assert talk.said == ["utter_repair_wait"]
    assert not talk.belief.matters
    assert not await tickets(talk)


async def test_an_outage_that_is_not_the_trouble_is_asked_about_once(talk: Talk) -> None:
    await talk.says("翠湖苑没电了,报修", "repair_report", community="翠湖苑", symptom="没电")
    await talk.says("不是,邻居家都有电", "deny")
    assert talk.said == ["utter_ask_building"]
    await talk.says("3栋1单元", "inform", building="3栋1单元")
    assert talk.said == ["utter_ask_phone"]


async def test_one_may_be_registered_along_with_a_known_outage(talk: Talk) -> None:
    await talk.says("翠湖苑3栋报修", "repair_report", community="翠湖苑", building="3栋")
    await talk.says("还是给我一起登记吧", "inform")
    assert talk.said == ["utter_ask_phone"]
    text = await talk.says("13900001111", "inform", phone="13900001111")
    assert "故障:没电" in text
    text = await talk.presses("确认提交")
    assert talk.said == ["utter_repair_created", "utter_repair_promise", "utter_repair_attached_known"]
    assert "目标恢复时间:今天12:10前" in text
    assert (await tickets(talk))[0].outage_id


async def test_an_unclear_answer_to_the_outage_is_asked_again_shortly(talk: Talk) -> None:
    await talk.says("石桥村报修", "repair_report", community="石桥村")
    assert "暂时还不能确定" in talk.text
    await talk.says("啥", "nlu_fallback")
    assert talk.said == ["utter_not_understood_here", "utter_repair_known_again"]


async def test_a_trouble_with_the_meter_is_not_explained_by_an_outage(talk: Talk) -> None:
    await talk.says(
        "翠湖苑3栋电表箱门掉了", "repair_report", community="翠湖苑", building="3栋", symptom="电表箱门掉了"
    )
    assert talk.said == ["utter_ask_scope_repair"]


async def test_a_ticket_attached_to_an_outage_not_told_before_says_so(talk: Talk) -> None:
    text = "翠湖苑3栋电压低,整栋,13900001111"
    await talk.says(
        text,
        "repair_report",
        community="翠湖苑",
        building="3栋",
        symptom="电压低",
        scope="整栋",
        phone="13900001111",
    )
    text = await talk.presses("确认提交")
    assert talk.said[-1] == "utter_repair_attached"
    assert "10千伏电缆故障" in text


# --- charges behind the property boundary -----------------------------------------------------------------------------


async def test_who_alone_has_the_trouble_is_told_of_possible_charges_before_submitting(talk: Talk) -> None:
    await tell_everything(talk, "跳闸")
    assert talk.said == ["utter_repair_boundary", "utter_repair_confirm"]
    assert not any(letter.isdigit() for letter in talk.text.splitlines()[0])
    await talk.says("是只有我家", "inform", scope="只有我家=一户")
    assert talk.said == ["utter_repair_confirm"]
    await talk.presses("确认提交")
    assert "须先征得同意" in (await tickets(talk))[0].description


@pytest.mark.parametrize(("symptom", "scope"), [("电表黑屏", "一户"), ("跳闸", "整栋")])
async def test_charges_are_no_matter_for_the_meter_or_a_whole_building(talk: Talk, symptom: str, scope: str) -> None:
    await tell_everything(talk, symptom, scope)
    assert talk.said == ["utter_repair_confirm"]


# --- corrections ------------------------------------------------------------------------------------------------------


async def test_a_correction_is_read_back_again(talk: Talk) -> None:
    await tell_everything(talk, scope="整栋")
    text = await talk.says("不是3栋,是5栋", "deny", building="5栋")
    assert talk.said == ["utter_repair_confirm"]
    assert "阳光花园5栋" in text


async def test_what_is_said_not_to_be_so_is_not_taken(talk: Talk) -> None:
    await talk.says("不是阳光花园,是阳光海岸3栋跳闸", "repair_report", community="阳光花园", building="3栋")
    assert talk.belief.place is None
    await talk.says("阳光海岸3栋", "inform", community="阳光海岸", building="3栋")
    assert talk.belief.place
    assert talk.belief.place.name == "阳光海岸"


async def test_a_wrong_phone_is_asked_for_again_at_once(talk: Talk) -> None:
    await tell_everything(talk, scope="整栋")
    await talk.says("电话打错了", "deny")
    assert talk.said == ["utter_ask_phone"]
    text = await talk.says("13800002222", "inform", phone="13800002222")
    assert talk.said == ["utter_repair_confirm"]
    assert "138****2222" in text


@pytest.mark.parametrize("answer", ["press", "say"])
async def test_what_to_change_is_chosen_or_said(talk: Talk, answer: str) -> None:
    await tell_everything(talk, scope="整栋")
    await talk.presses("要修改")
    assert talk.said == ["utter_ask_change"]
    if answer == "press":
        await talk.presses("楼栋门牌")
    else:
        await talk.says("门牌号", "inform")
    assert talk.said == ["utter_ask_building"]
    text = await talk.says("8栋", "inform", building="8栋")
    assert "阳光花园8栋" in text


async def test_another_place_is_looked_up_for_outages_too(talk: Talk) -> None:
    await tell_everything(talk, "没电", scope="整栋")
    await talk.says("地址错了,是翠湖苑3栋", "deny", community="翠湖苑", building="3栋")
    assert talk.said == ["utter_repair_known"]


async def test_a_building_is_not_taken_for_a_correction_of_the_place(talk: Talk) -> None:
    await talk.says("阳光花园跳闸了", "repair_report", community="阳光花园", symptom="跳闸")
    assert talk.said == ["utter_ask_building"]
    await talk.says("说错了,是阳光海岸", "inform", community="阳光海岸")
    assert talk.said == ["utter_ask_building"]
    assert talk.belief.place
    assert talk.belief.place.address == "阳光海岸"


# --- who is in need, who is angry -------------------------------------------------------------------------------------


async def test_a_vulnerable_person_goes_first_and_is_offered_a_human_once(talk: Talk, utility: UtilityClient) -> None:
    await talk.says("家里有人用呼吸机,跳闸了", "repair_report", symptom="跳闸")
    assert talk.said == ["utter_repair_vulnerable", "utter_ask_place"]
    assert talk.titles == ["转人工"]
    await talk.says("阳光花园3栋", "inform", community="阳光花园", building="3栋")
    assert talk.said == ["utter_ask_scope_repair"]
    await talk.presses("整栋楼")
    await talk.says("13900001111", "inform", phone="13900001111")
    await talk.presses("确认提交")
    assert (await tickets(talk))[0].grade is Grade.IMPORTANT


async def test_an_angry_customer_reads_one_sentence_of_understanding(talk: Talk) -> None:
    await talk.says("什么破电天天跳闸,气死我了", "repair_report", symptom="跳闸")
    assert talk.said == ["utter_repair_sorry", "utter_ask_place"]


# --- the ticket -------------------------------------------------------------------------------------------------------


async def test_the_same_message_twice_makes_one_ticket(talk: Talk) -> None:
    await tell_everything(talk)
    before = deepcopy(talk.belief)
    buttons = talk.turn
    first = await talk.presses("确认提交")
    talk.belief, talk.turn, talk.count = before, buttons, talk.count - 1
    assert await talk.presses("确认提交") == first
    assert len(await tickets(talk)) == 1


async def test_a_second_press_does_nothing_more(talk: Talk) -> None:
    await tell_everything(talk)
    buttons = talk.turn
    await talk.presses("确认提交")
    talk.turn = buttons
    await talk.presses("确认提交")
    assert talk.said == ["utter_choice_expired"]
    assert len(await tickets(talk)) == 1


async def test_a_second_report_for_the_same_trouble_joins_the_first(talk: Talk, talk_to: TalkTo) -> None:
    await tell_everything(talk, scope="整栋")
    await talk.presses("确认提交")
    neighbour = talk_to(RepairService(), conversation="talk-2")
    await tell_everything(neighbour, scope="整栋")
    text = await neighbour.presses("确认提交")
    assert neighbour.said[0] == "utter_repair_joined"
    assert (await tickets(talk))[0].no in text


async def test_a_promise_that_has_passed_is_said_to_be_late_to_who_joins(
    talk: Talk, talk_to: TalkTo, clock: Clock
) -> None:
    await tell_everything(talk, scope="整栋")
    await talk.presses("确认提交")
    clock.move(minutes=50)
    neighbour = talk_to(RepairService(), conversation="talk-2")
    await tell_everything(neighbour, scope="整栋")
    await neighbour.presses("确认提交")
    assert neighbour.said == ["utter_repair_joined", "utter_progress_late"]


async def test_the_registered_number_of_a_verified_account_is_offered(talk: Talk) -> None:
    talk.belief.account = VerifiedAccount(
        "3300100001", "grant", "2026-11-23T11:00:00+08:00", "C01", "3栋", "138****5678"
    )
    await talk.says("报修,跳闸,整栋", "repair_report", symptom="跳闸", scope="整栋")
    assert talk.said == ["utter_ask_phone"]
    text = await talk.presses("用登记号码138****5678")
    assert "阳光花园3栋" in text
    assert "138****5678" in text
    await talk.presses("确认提交")
    assert (await tickets(talk))[0].phone_masked is None


async def test_what_an_outage_query_found_out_goes_along(talk: Talk) -> None:
    await talk.says("阳光花园停电了,整栋都黑", "outage_query", community="阳光花园", scope="整栋")
    assert talk.said[-2:] == ["utter_outage_to_repair", "utter_ask_building"]
    await talk.says("3栋", "inform", building="3栋")
    assert talk.said == ["utter_ask_phone"]


# --- when the utility is away -----------------------------------------------------------------------------------------


async def test_a_report_is_kept_with_its_key_when_the_utility_is_away(talk: Talk, line: Line) -> None:
    await tell_everything(talk)
    line.away = True
    await talk.presses("确认提交")
    assert talk.said == ["utter_repair_kept"]
    assert talk.turn
    (errand,) = talk.turn.errands
    assert errand["key"] == "repair:talk-1-m1"
    assert errand["payload"]["place_id"] == "C01"
    assert errand["payload"]["phone"] == "13900001111"
    assert not talk.belief.matters


async def test_a_report_is_taken_from_the_first_word_while_the_utility_is_away(talk: Talk, line: Line) -> None:
    line.away = True
    await talk.says("阳光花园3栋跳闸", "repair_report", community="阳光花园", building="3栋", symptom="跳闸")
    assert talk.said == ["utter_ask_scope_repair"]
    await talk.presses("整栋楼")
    text = await talk.says("13900001111", "inform", phone="13900001111")
    assert "地址:阳光花园3栋" in text
    await talk.presses("确认提交")
    assert talk.said == ["utter_repair_kept"]
    assert talk.turn
    assert talk.turn.errands[0]["payload"]["address"] == "阳光花园3栋"
    assert talk.belief.place is None


async def test_the_bare_wish_to_report_is_no_trouble(talk: Talk) -> None:
    await talk.says("阳光花园3栋报修", "repair_report", community="阳光花园", building="3栋")
    await talk.says("还是接着报修吧", "repair_report")
    assert talk.said == ["utter_ask_symptom"]


async def test_what_stands_behind_a_no_is_no_trouble(talk: Talk) -> None:
    await talk.says("阳光花园3栋没有电", "repair_report", community="阳光花园", building="3栋", symptom="有电")
    assert talk.belief.matters[0].slots["symptom"] == "没电"


async def test_words_that_were_asked_for_are_the_trouble_whatever_they_sound_like(talk: Talk) -> None:
    await talk.says("阳光花园3栋报修", "repair_report", community="阳光花园", building="3栋")
    await talk.presses("其他")
    await talk.says("楼道表箱门让人撬了", "report_theft")
    assert talk.said == ["utter_ask_scope_repair"]


async def test_neighbours_with_light_are_not_asked_about(talk: Talk) -> None:
    await talk.says(
        "阳光花园3栋2单元501跳闸,邻居家都亮着", "repair_report", community="阳光花园", building="3栋2单元501室"
    )
    assert talk.said == ["utter_ask_phone"]


async def test_the_figures_of_a_phone_number_are_no_threat_to_call_12345(talk: Talk) -> None:
    await talk.says("阳光花园3栋跳闸,13812345678", "repair_report", community="阳光花园", building="3栋")
    assert talk.said == ["utter_ask_scope_repair"]
