"""Following tickets and urging them, against the real backend."""

from copy import deepcopy

import pytest

from actions.progress import ProgressService
from actions.repair import RepairService
from actions.smalltalk import SmalltalkService
from tests.actions.conftest import SEEDED_AT, Clock, Line, TalkTo
from tests.actions.talk import Talk
from utility.client import UtilityClient
from utility.models import ComplaintClass, Ticket, TicketKind, TicketRequest

# Seeded (backend/town/matters.py): a repair under way since 20 minutes, phone …1111; one done yesterday, phone …5678.
UNDER_WAY = f"RP{SEEDED_AT:%Y%m%d}-9001"
DONE = "RP20261122-9001"


@pytest.fixture
def talk(talk_to: TalkTo) -> Talk:
    return talk_to(SmalltalkService(), RepairService(), ProgressService())


async def report(utility: UtilityClient, *, place: str = "C01", symptom: str = "跳闸", talk: str = "talk-1") -> Ticket:
    request = TicketRequest(
        kind=TicketKind.REPAIR,
        channel="webchat",
        conversation=talk,
        phone="13900001111",
        place_id=place,
        address="3栋",
        symptom=symptom,
        scope="整栋",
    )
    return await utility.create_ticket(request, f"{place}-{talk}")


async def complain(utility: UtilityClient) -> Ticket:
    request = TicketRequest(
        kind=TicketKind.COMPLAINT,
        channel="webchat",
        conversation="talk-1",
        phone="13900001111",
        description="停电没通知",
        complaint_class=ComplaintClass.OUTAGE,
    )
    return await utility.create_ticket(request, "complaint")


# --- telling ----------------------------------------------------------------------------------------------------------


async def test_the_own_ticket_is_told_with_its_time_line_and_promise(talk: Talk, utility: UtilityClient) -> None:
    ticket = await report(utility)
    text = await talk.says("我报的修怎么样了", "repair_progress")
    assert talk.said == ["utter_progress_ticket", "utter_progress_ahead"]
    assert f"故障报修工单{ticket.no},当前:已受理" in text
    assert "今天10:05 受理:已登记,由城东供电所抢修班处理" in text
    assert "信息更新于今天10:05" in text
    assert "抢修人员到达现场:今天10:50前" in text
    assert talk.titles == ["催办"]
    assert not talk.belief.matters


async def test_a_broken_promise_is_said_and_apologised_for(talk: Talk, utility: UtilityClient, clock: Clock) -> None:
    await report(utility)
    clock.move(minutes=60)
    text = await talk.says("到哪了", "repair_progress")
    assert "原定今天10:50前,现在已经超时,非常抱歉" in text
    assert talk.titles == ["催办", "转人工", "投诉"]


async def test_a_kept_promise_is_told_as_kept(talk: Talk) -> None:
    await talk.says(f"{DONE}修完没", "ticket_progress", ticket_no=DONE)
    assert talk.said == ["utter_progress_ask_tail"]
    text = await talk.says("5678", "inform")
    assert talk.said == ["utter_progress_ticket", "utter_progress_kept", "utter_progress_kept"]
    assert "当前:已办结" in text
    assert "抢修人员到达现场:昨天08:36已完成" in text
    assert talk.titles == ["重新报修"]


async def test_after_arrival_the_restoration_is_what_is_due(talk: Talk, utility: UtilityClient, clock: Clock) -> None:
    ticket = await report(utility, place="C02")
    assert ticket.outage_id
    text = await talk.says("查进度", "ticket_progress")
    assert talk.said == ["utter_progress_ticket", "utter_progress_outage"]
    assert "最新预计恢复:今天12:10" in text
    clock.move(hours=3)
    text = await talk.says("查进度", "ticket_progress")
    assert talk.said == ["utter_progress_ticket", "utter_progress_late", "utter_progress_outage"]
    assert "恢复供电原定今天12:10前,现在已经超时" in text
    assert "最新预计恢复:今天15:00" in text


async def test_a_complaint_is_told_with_its_own_promise(talk: Talk, utility: UtilityClient) -> None:
    await complain(utility)
    text = await talk.says("我投诉的事呢", "ticket_progress")
    assert "专员与您联系:明天10:05前" in text


# --- which one --------------------------------------------------------------------------------------------------------


async def test_several_open_tickets_are_chosen_from(talk: Talk, utility: UtilityClient) -> None:
    first, second = await report(utility), await report(utility, place="C05", symptom="电压不稳")
    await talk.says("查工单", "ticket_progress")
    assert talk.said == ["utter_progress_which"]
    assert talk.titles == ["故障报修(电压不稳,0002)", "故障报修(跳闸,0001)"]
    assert second.no in await talk.presses("故障报修(电压不稳,0002)")
    await talk.says("查工单", "ticket_progress")
    assert first.no in await talk.says("跳闸那个", "inform")


@pytest.mark.parametrize(("words", "index"), [("第二个", 0), ("0002", 1), ("电压不稳的", 1)])
async def test_one_of_several_may_be_named(talk: Talk, utility: UtilityClient, words: str, index: int) -> None:
    both = await report(utility), await report(utility, place="C05", symptom="电压不稳")
    await talk.says("查工单", "ticket_progress")
    assert both[index].no in await talk.says(words, "inform")


async def test_all_of_them_may_be_wished_for(talk: Talk, utility: UtilityClient) -> None:
    await report(utility)
    await report(utility, place="C05", symptom="电压不稳")
    await talk.says("查工单", "ticket_progress")
    await talk.says("都看看", "inform")
    assert talk.said.count("utter_progress_ticket") == 2


async def test_the_kind_that_is_spoken_of_is_meant(talk: Talk, utility: UtilityClient) -> None:
    await report(utility)
    complaint = await complain(utility)
    assert complaint.no in await talk.says("投诉有结果没", "ticket_progress")
    assert "故障报修" in await talk.says("师傅到哪了", "repair_progress")


async def test_without_any_ticket_there_is_a_way_on(talk: Talk) -> None:
    await talk.says("查进度", "ticket_progress")
    assert talk.said == ["utter_progress_none"]
    assert talk.titles == ["故障报修", "投诉", "转人工"]
    assert not talk.belief.matters


# --- by number --------------------------------------------------------------------------------------------------------


async def test_a_ticket_made_elsewhere_needs_the_end_of_its_phone(talk: Talk) -> None:
    await talk.says(f"{UNDER_WAY} 到哪了", "repair_progress", ticket_no=UNDER_WAY)
    assert talk.said == ["utter_progress_ask_tail"]
    await talk.says("9999", "inform")
    assert talk.said == ["utter_progress_wrong_tail"]
    text = await talk.says("1111", "inform")
    assert "当前:已接单" in text


async def test_number_and_phone_in_one_message_are_enough(talk: Talk) -> None:
    text = f"查{UNDER_WAY},手机13800121111"
    await talk.says(text, "ticket_progress", ticket_no=UNDER_WAY, phone="13800121111")
    assert talk.said[0] == "utter_progress_ticket"


async def test_a_number_that_does_not_exist_is_not_told_from_one_that_is_private(talk: Talk) -> None:
    await talk.says("RP20261101-0001", "ticket_progress", ticket_no="RP20261101-0001")
    assert talk.said == ["utter_progress_ask_tail"]
    await talk.says("1111", "inform")
    assert talk.said == ["utter_progress_wrong_tail"]
    await talk.says(f"写错了,是{UNDER_WAY}", "inform", ticket_no=UNDER_WAY)
    assert talk.said == ["utter_progress_ask_tail"]
    await talk.says("1111", "inform")
    assert talk.said[0] == "utter_progress_ticket"


async def test_after_three_wrong_tries_there_is_a_pause_and_a_human(talk: Talk) -> None:
    await talk.says(UNDER_WAY, "ticket_progress", ticket_no=UNDER_WAY)
    for wrong in ("9991", "9992", "9993", "9994"):
        text = await talk.says(wrong, "inform")
        if "暂停" in text:
            break
    assert talk.said == ["utter_progress_locked"]
    assert "今天10:35" in text
    assert talk.titles == ["转人工"]
    assert not talk.belief.matters


async def test_a_forgotten_phone_leads_to_a_human(talk: Talk) -> None:
    await talk.says(UNDER_WAY, "ticket_progress", ticket_no=UNDER_WAY)
    await talk.says("忘了留的哪个号", "inform")
    assert talk.said == ["utter_progress_no_tail"]


# --- urging -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["催一下", "快点啊", "怎么还没来", "师傅呢", "报修三个小时了都没人联系我"])
async def test_words_of_urging_urge(talk: Talk, utility: UtilityClient, words: str) -> None:
    ticket = await report(utility)
    text = await talk.says(words, "repair_progress")
    assert talk.said[0] == "utter_progress_urged"
    assert "累计催办1次" in text
    assert "最新进展:今天10:05 受理" in text
    assert (await utility.tickets("talk-1"))[0].urged == 1
    assert ticket.contact in text


@pytest.mark.parametrize("words", ["查进度", "我的单子办得怎么样", "修好了吗"])
async def test_asking_is_not_urging(talk: Talk, utility: UtilityClient, words: str) -> None:
    await report(utility)
    await talk.says(words, "repair_progress")
    assert talk.said[0] == "utter_progress_ticket"


async def test_the_button_urges_the_ticket_it_stands_under(talk: Talk, utility: UtilityClient) -> None:
    await report(utility)
    await report(utility, place="C05", symptom="电压不稳")
    await talk.says("第一个查进度", "ticket_progress")
    await talk.presses("故障报修(跳闸,0001)")
    await talk.presses("催办")
    assert talk.said[0] == "utter_progress_urged"
    assert [ticket.urged for ticket in await utility.tickets("talk-1")] == [0, 1]


async def test_the_buttons_of_a_new_report_lead_here(talk: Talk) -> None:
    await talk.says(
        "阳光花园3栋跳闸,整栋,13900001111",
        "repair_report",
        community="阳光花园",
        building="3栋",
        symptom="跳闸",
        scope="整栋",
        phone="13900001111",
    )
    await talk.presses("确认提交")
    created = talk.turn
    await talk.presses("查进度")
    assert talk.said[0] == "utter_progress_ticket"
    talk.turn = created
    await talk.presses("催办")
    assert talk.said[0] == "utter_progress_urged"


async def test_urging_one_of_several_asks_which(talk: Talk, utility: UtilityClient) -> None:
    await report(utility)
    await report(utility, place="C05", symptom="电压不稳")
    await talk.says("催一下", "repair_progress")
    assert talk.said == ["utter_progress_which"]
    await talk.says("都催一下", "repair_progress")
    assert talk.said.count("utter_progress_urged") == 2


async def test_urging_after_the_time_apologises_and_offers_a_human(
    talk: Talk, utility: UtilityClient, clock: Clock
) -> None:
    await report(utility)
    clock.move(minutes=90)
    await talk.says("怎么还没来", "repair_progress")
    assert talk.said == ["utter_progress_urged", "utter_progress_late"]
    assert talk.titles == ["转人工", "投诉"]


async def test_the_same_message_urges_once(talk: Talk, utility: UtilityClient) -> None:
    await report(utility)
    before = deepcopy(talk.belief)
    await talk.says("催一下", "repair_progress")
    talk.belief, talk.count = before, talk.count - 1
    await talk.says("催一下", "repair_progress")
    assert (await utility.tickets("talk-1"))[0].urged == 1


async def test_what_is_done_is_not_urged(talk: Talk) -> None:
    await talk.says(f"催{DONE},电话13800125678", "repair_progress", ticket_no=DONE, phone="13800125678")
    assert talk.said[0] == "utter_progress_ticket"


async def test_words_worth_it_go_to_the_crew(talk: Talk, utility: UtilityClient) -> None:
    await report(utility)
    await talk.says("快点来,我家里有个刚出生的小孩", "repair_progress")
    (ticket,) = await utility.tickets("talk-1")
    assert any("刚出生" in line.note for line in ticket.timeline)
    assert "转人工" in talk.titles


# --- when the utility is away -----------------------------------------------------------------------------------------


async def test_that_nothing_can_be_looked_up_now_is_said(talk: Talk, line: Line) -> None:
    line.away = True
    await talk.says("查进度", "ticket_progress")
    assert talk.said == ["utter_progress_away"]
    assert talk.titles == ["转人工"]
    assert not talk.belief.matters


async def test_an_urging_that_failed_is_not_claimed_but_kept(talk: Talk, utility: UtilityClient, line: Line) -> None:
    ticket = await report(utility)
    await talk.says("查进度", "ticket_progress")
    line.deaf = True
    await talk.presses("催办")
    assert talk.said == ["utter_progress_urge_kept"]
    assert talk.titles == ["转人工"] and talk.turn
    assert [(e["kind"], e["payload"]["ticket_no"]) for e in talk.turn.errands] == [("urge", ticket.no)]
