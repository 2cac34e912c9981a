"""The people at the desk: who they are, what is going on with them, and who takes whom."""

from dataclasses import dataclass

from app.process import now
from desk.agents import AgentStore
from desk.board import Board
from desk.database import Database
from desk.duty import Duty
from desk.feed import Feed
from desk.handoffs import Handoffs
from desk.rules import RuleStore
from utility.client import UtilityClient


@dataclass(frozen=True)
class People:
    agents: AgentStore
    handoffs: Handoffs
    rules: RuleStore
    board: Board
    duty: Duty

    @classmethod
    def at(cls, database: Database, feed: Feed, utility: UtilityClient) -> "People":
        agents, handoffs, rules = AgentStore(database), Handoffs(database), RuleStore(database)
        board = Board(database, handoffs, agents, feed, now)
        return cls(agents, handoffs, rules, board, Duty(board, handoffs, rules, utility, now))
