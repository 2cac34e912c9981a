"""What the console's pages are made with, and who is looking at one."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from console.rows import SharedQueue
from desk.agents import AgentStore
from desk.audit import AuditLog
from desk.board import Board
from desk.copilot import Copilot
from desk.duty import Duty
from desk.handoffs import Handoffs
from desk.notice_report import NoticeReport
from desk.papers import Papers
from desk.ports import Clock
from desk.quality import QualityChecks
from desk.reading import Reading
from desk.reports import Reports
from desk.rules import RuleStore
from desk.sign_in import Session, SignIn
from desk.switchboard import Switchboard
from utility.staff_client import StaffClient


@dataclass(frozen=True)
class Parts:
    switchboard: Switchboard
    board: Board
    duty: Duty
    handoffs: Handoffs
    agents: AgentStore
    papers: Papers
    reading: Reading
    reports: Reports
    quality: QualityChecks
    rules: RuleStore
    notices: NoticeReport
    audit: AuditLog
    sign_in: SignIn
    copilot: Copilot
    utility: StaffClient
    pictures: Path
    queue: SharedQueue
    clock: Clock


def looking(request: Request) -> Session:
    """Who asked for the page; the gate has let nobody else through."""
    session: Session = request.state.session
    return session
