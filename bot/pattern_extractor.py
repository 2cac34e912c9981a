"""Rasa's side of the patterns: entities that follow rules are found by rules."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.extraction import Extraction
from bot.phrases import Phrases
from bot.text_normaliser import written


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PatternExtractor(GraphComponent, EntityExtractorMixin):
    """Places, numbers, dates, quantities, symptoms and devices, with values in normal form."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "jieba"]

    @staticmethod
    def supported_languages() -> list[str]:
        return ["zh"]

    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatternExtractor:
        return cls(Extraction(Phrases.read()))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith(INTENT_MESSAGE_PREFIX):
                found = self.add_extractor_name(self.extraction.entities(written(message)))
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
