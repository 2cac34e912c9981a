"""Rasa's side of the linear model: what the customer wants, and the same for each clause of the message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import lexicon
from bot.augment import Examples
from bot.clauses import split
from bot.linear import LinearModel, train
from bot.normaliser import normalise
from bot.text_normaliser import written

CLAUSES = "clauses"
COMMAND = {"name": None, "confidence": 1.0}  # what comes after / is read by Rasa itself, at the end of the pipeline


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DiandaIntentClassifier(GraphComponent, IntentClassifier):
    """A calibrated linear classifier over words, characters, pinyin and concepts."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"c": 1.0, "at_least": 2, "foreign_twins": 0, "noisy_copies": False, "favour": {}, "ranking_length": 5}

    @staticmethod
    def required_packages() -> list[str]:
        return ["jieba", "sklearn"]

    @staticmethod
    def supported_languages() -> list[str]:
        return ["zh"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """A changed word list or a changed feature trains anew, where Rasa would take the cached model."""
        return lexicon.fingerprint()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self._storage = storage
        self._resource = resource
        self._model: LinearModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DiandaIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DiandaIntentClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = LinearModel.load(folder)
        component._model.probabilities("")  # loads jieba now, not with the first customer's message
        return component

    def train(self, training_data: TrainingData) -> Resource:
        messages = [message for message in training_data.intent_examples if message.get(TEXT)]
        examples = Examples.of((written(message).text, message.get(INTENT)) for message in messages)
        examples = examples.with_twins(self.config["foreign_twins"]) if self.config["foreign_twins"] else examples
        examples = examples.with_noise() if self.config["noisy_copies"] else examples
        self._model = train(examples, self.config["c"], self.config["at_least"], self.config["favour"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith(INTENT_MESSAGE_PREFIX):
                message.set(INTENT, dict(COMMAND))
            else:
                self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        ranking = self._ranking(written(message).text)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        clauses = split(message.get(TEXT))
        if len(clauses) >= 2:
            message.set(CLAUSES, [self._clause(piece.text, piece.start) for piece in clauses], add_to_output=True)

    def _ranking(self, text: str) -> list[dict[str, Any]]:
        chances = self._model.probabilities(text)
        best = chances.argsort()[::-1][: self.config["ranking_length"]]
        return [{"name": self._model.intents[at], "confidence": float(chances[at])} for at in best]

    def _clause(self, text: str, start: int) -> dict[str, Any]:
        chances = self._model.probabilities(normalise(text).text)
        best = int(chances.argmax())
        return {"text": text, "intent": self._model.intents[best], "confidence": float(chances[best]), "start": start}
