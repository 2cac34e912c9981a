"""Small talk and steering: short, kind, and always with a way on."""

from actions import zh
from actions.belief import Matter
from actions.labels import MENU
from actions.turn import Turn

HUMAN = ("人工客服", "/handoff")


class SmalltalkService:
    name = "smalltalk"
    intents = frozenset({"greet", "thanks", "goodbye", "help", "chitchat_oos"})
    urgency = 0

    async def begin(self, turn: Turn, matter: Matter) -> None:
        busy = any(known.question for known in turn.belief.matters)
        match turn.heard.intent:
            case "help":
                turn.say("utter_help")
            case "greet" if turn.around.data.get("arrived"):
                turn.say("utter_greet")
            case "greet":
                turn.say("utter_hello_again", buttons=() if busy else (*MENU, HUMAN))
            case "thanks":
                turn.say("utter_thanks")
            case "goodbye":
                turn.say("utter_goodbye")
            case _ if zh.is_angry(turn.heard.text):
                turn.say("utter_angry", buttons=() if busy else (*MENU, HUMAN))
            case _:
                turn.say("utter_out_of_scope", buttons=() if busy else MENU)

    async def answer(self, turn: Turn, matter: Matter, *, foreign: bool) -> bool:
        return False  # small talk asks nothing

    async def ask_again(self, turn: Turn, matter: Matter) -> None:
        return None

    def listens(self, matter: Matter) -> bool:
        return False
