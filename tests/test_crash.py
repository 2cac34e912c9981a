"""kill -9 in mid-turn: every accepted message has its answer, none two, and what was ordered is ordered once.

Who is to be killed in the midst of its work, or works for who is to be killed, is stopped (SIGSTOP) just before: then
answers are outstanding for sure.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from launch import stack as launch_stack
from tests.customers import Customer, bursts, said, settle, tickets, unanswered
from tests.postgres import Postgres
from tests.stack import Stack

pytestmark = [pytest.mark.bot, pytest.mark.timeout(240)]

VARIABLES = {"DIANDA_LEASE_SECONDS": "4", "DIANDA_RASA_TIMEOUT": "8"}  # other things run on the machine
WORDS = ("停电了", "阳光花园", "谢谢", "查电费", "明天停电吗", "你好")
APOLOGY, READ_BACK, KEPT, HERE = "暂时出了问题", "确认提交吗", "您的报修我已记下", "您好,我在"
NUMBER = r"RP\d{8}-\d{4}"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A system of our own with two Rasa processes, started once."""
    with Stack(tmp_path_factory.mktemp("crash"), rasa_processes=2, variables=VARIABLES) as running:
        yield running


def everybody(stack: Stack) -> list[Customer]:
    return [Customer(stack) for _ in range(6)]


def repairing(stack: Stack, building: int) -> Customer:
    """Somebody whose repair has been read back; each of another building, so that nobody's ticket is joined."""
    customer = Customer(stack)
    words = f"阳光花园{building}栋2单元501室一直跳闸,只有我家这样,电话13800138000,要报修"
    customer.hears(READ_BACK, customer.insists(words))
    return customer


def confirm_until_ordered(stack: Stack, customer: Customer) -> None:
    """Until the backend has the ticket: its number has hardly been told yet."""
    customer.presses("确认提交")
    deadline = time.monotonic() + 5
    while not tickets(stack, customer):
        assert time.monotonic() < deadline


def hold(stack: Stack, *names: str) -> None:
    for name in names:
        stack.signal(name, signal.SIGSTOP)


def let_go(stack: Stack, *names: str) -> None:
    for name in names:
        stack.signal(name, signal.SIGCONT)


def test_the_gateway_is_killed_in_mid_turn(stack: Stack) -> None:
    customers, fixer = everybody(stack), repairing(stack, 1)
    confirm_until_ordered(stack, fixer)
    hold(stack, "rasa.1", "rasa.2")
    with bursts(customers, WORDS):
        assert unanswered(stack, customers) > 0
        stack.kill("gateway")
        let_go(stack, "rasa.1", "rasa.2")
        stack.start("gateway")
    settle(stack, [*customers, fixer])
    assert said(stack, customers, APOLOGY) == 0
    (ticket,) = tickets(stack, fixer)
    assert said(stack, [fixer], ticket["no"]) == 1


def test_one_of_two_rasa_processes_is_killed_and_nobody_notices(stack: Stack) -> None:
    customers = everybody(stack)
    hold(stack, "rasa.1")
    with bursts(customers, WORDS):
        stack.kill("rasa.1")
    settle(stack, customers)
    assert said(stack, customers, APOLOGY) == 0


def test_the_last_rasa_process_is_killed_in_mid_turn(stack: Stack) -> None:
    """While it is away there are honest apologies; then every conversation goes on where it stood."""
    customers, fixer = everybody(stack), repairing(stack, 2)
    with suppress(KeyError):  # it is dead already, after the test before
        stack.kill("rasa.1")
    hold(stack, "rasa.2")
    with bursts(customers, WORDS):
        stack.kill("rasa.2")
    settle(stack, customers)
    assert said(stack, customers, APOLOGY) > 0
    stack.start("rasa.2")  # from here on one is enough
    number = fixer.hears(NUMBER, fixer.presses("确认提交"))
    assert [ticket["no"] for ticket in tickets(stack, fixer)] == [number]
    for customer in customers:
        customer.hears(HERE, customer.insists("你好"))
    settle(stack, [*customers, fixer])


def test_the_actions_are_killed_in_mid_turn(stack: Stack) -> None:
    customers, fixer = everybody(stack), repairing(stack, 3)
    confirm_until_ordered(stack, fixer)
    hold(stack, "actions")
    with bursts(customers, WORDS):
        stack.kill("actions")
        stack.start("actions")
    settle(stack, [*customers, fixer])
    if said(stack, [fixer], APOLOGY):
        fixer.presses("确认提交")  # as whoever reads an apology does
    number = fixer.hears(NUMBER)
    assert {ticket["no"] for ticket in tickets(stack, fixer)} == {number}
    for customer in customers:
        customer.hears(HERE, customer.insists("你好"))
    settle(stack, [*customers, fixer])


def test_the_backend_is_killed_while_a_repair_is_submitted(stack: Stack) -> None:
    """The customer reads that it is kept; when the backend is back, the number comes by itself."""
    fixer = repairing(stack, 4)
    hold(stack, "backend")
    pressed = fixer.presses("确认提交")
    time.sleep(0.5)
    stack.kill("backend")
    fixer.hears(KEPT, pressed)
    stack.start("backend")
    number = fixer.hears(NUMBER, pressed)
    assert [ticket["no"] for ticket in tickets(stack, fixer)] == [number]
    time.sleep(1.5)  # a round of the errands later
    assert said(stack, [fixer], number) == 1
    settle(stack, [fixer])


def test_a_backend_that_was_only_too_slow_has_one_ticket(stack: Stack) -> None:
    """The first attempt did arrive, after everybody had stopped waiting for it; the errand finds the same ticket."""
    fixer = repairing(stack, 5)
    hold(stack, "backend")
    try:
        pressed = fixer.presses("确认提交")
        fixer.hears(KEPT, pressed)
    finally:
        let_go(stack, "backend")
    number = fixer.hears(NUMBER, pressed)
    assert [ticket["no"] for ticket in tickets(stack, fixer)] == [number]
    settle(stack, [fixer])


def test_a_whole_conversation_on_postgresql(stack: Stack, postgres: Postgres, tmp_path: Path) -> None:
    """The last: gateway and backend are started anew on databases of their own. A killed gateway is part of it."""
    move_to_postgresql(stack, postgres, tmp_path)
    customer, fixer = Customer(stack), repairing(stack, 6)
    customer.hears("停电信息|停电计划", customer.insists("阳光花园停电了吗"))
    confirm_until_ordered(stack, fixer)
    with bursts([customer], WORDS):
        stack.kill("gateway")
        stack.start("gateway")
    number = fixer.hears(NUMBER)
    fixer.hears(f"{number}.*已", fixer.presses("查进度"))
    settle(stack, [customer, fixer])
    assert [ticket["no"] for ticket in tickets(stack, fixer)] == [number]


def move_to_postgresql(stack: Stack, postgres: Postgres, logs: Path) -> None:
    for name in ("gateway", "backend"):
        stack.kill(name, signal.SIGTERM)
    for name in ("DIANDA_DATABASE_URL", "DIANDA_BACKEND_DATABASE_URL"):
        stack.environment[name] = postgres.new_database().replace("postgresql:", "postgresql+asyncpg:")
    ours = {name: value for name, value in stack.environment.items() if name.startswith("DIANDA_")}
    launch_stack.prepare_databases(launch_stack.read_settings(ours), stack.environment, logs, logs / "sign-ins.json")
    for name in ("backend", "gateway"):
        stack.start(name)
