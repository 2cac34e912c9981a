"""Measure a trained model on held-out sentences: `python -m bot.evaluate MODEL tests/nlu [--out reports/nlu]`.

No server: the model is loaded here and every sentence goes through Rasa's own parse. Exit code 1 when a floor that was
given is missed. Accuracy counts the classifier's first choice; what the fallback asks back is told beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import sys
import time
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot import noise, picture, report, scores
from bot.heldout import Entity, Sentence, read

AS_OF = date(2026, 11, 22)  # the day the held-out values were written for
WARM_UP = "我家停电了"


def main(arguments: list[str] | None = None) -> int:
    given = _arguments(arguments)
    sentences = [sentence for path in given.heldout for sentence in read(path)]
    processor = _load(given.model, given.today)
    judged = asyncio.run(_judge_all(processor, sentences))
    noisy = {kind: asyncio.run(_judge_all(processor, _spoilt(sentences, kind))) for kind in noise.KINDS}
    text = report.write(judged, noisy)
    print(text)  # noqa: T201
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        pictures = "\n".join(f"![{path.stem}]({path.name})" for path in picture.draw(judged, given.out))
        (given.out / "report.md").write_text("\n\n".join((text, pictures, report.appendix(judged))), encoding="utf-8")
    missed = _missed(given, judged)
    for line in missed:
        print(line, file=sys.stderr)  # noqa: T201
    return 1 if missed else 0


def _spoilt(sentences: list[Sentence], kind: str) -> list[Sentence]:
    return [replace(sentence, text=noise.KINDS[kind](sentence.text), entities=()) for sentence in sentences]


async def _judge_all(processor: Any, sentences: list[Sentence]) -> list[scores.Judged]:
    from rasa.core.channels.channel import UserMessage

    await processor.parse_message(UserMessage(WARM_UP))
    gc.freeze()  # the model is not garbage: its 50 MB would be walked again and again
    found = []
    for sentence in sentences:
        started = time.process_time()
        parsed = await processor.parse_message(UserMessage(sentence.text))
        cost = (time.process_time() - started) * 1000
        found.append(_judged(sentence, parsed, cost))
    return found


def _judged(sentence: Sentence, parsed: dict[str, Any], cost: float) -> scores.Judged:
    ranking = [one for one in parsed.get("intent_ranking", []) if one["name"] != scores.FALLBACK] or [parsed["intent"]]
    entities = tuple(
        Entity(one["entity"], one["start"], one["end"], str(one["value"])) for one in parsed.get("entities", [])
    )
    best = max(ranking, key=lambda one: one["confidence"])
    return scores.Judged(sentence, str(best["name"]), best["confidence"], str(parsed["intent"]["name"]), entities, cost)


def _load(model: Path, today: date) -> Any:
    """Rasa's message processor over the model, with the extractor's clock set to that day."""
    warnings.showwarning = lambda *_args, **_named: None  # dozens from Rasa's own 2023 libraries
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from bot import savings
    from bot.pattern_extractor import PatternExtractor

    configure_structlog(logging.WARNING)
    if os.environ.get("BOT_PLAIN") != "1":
        savings.apply()
    processor = Agent.load(model).processor
    for node in processor.graph_runner._instantiated_nodes.values():
        if isinstance(node._component, PatternExtractor):
            node._component.extraction.clock = lambda: today
    return processor


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluate", description="Measure a model.")
    parser.add_argument("model", type=Path)
    parser.add_argument("heldout", type=Path, nargs="+", help="files or folders of .yml, or .tsv tables")
    parser.add_argument("--out", type=Path, help="a folder for report.md and its pictures")
    parser.add_argument("--today", type=date.fromisoformat, default=AS_OF)
    parser.add_argument("--min-accuracy", type=float)
    parser.add_argument("--min-macro-f1", type=float)
    parser.add_argument("--min-entity-f1", type=float)
    parser.add_argument("--min-declined", type=float, help="share of foreign messages declined or asked back")
    parser.add_argument("--max-ours-declined", type=float)
    parser.add_argument("--max-calibration-error", type=float)
    parser.add_argument("--max-median-ms", type=float, help="CPU time of one parse")
    return parser.parse_args(arguments)


def _missed(given: argparse.Namespace, judged: list[scores.Judged]) -> list[str]:
    foreign, ours, _ = scores.declined(judged)
    floors = (
        ("accuracy", scores.accuracy(judged), given.min_accuracy),
        ("macro-F1", scores.macro_f1(judged), given.min_macro_f1),
        ("entity F1", scores.overall(judged).f1, given.min_entity_f1),
        ("foreign declined", foreign, given.min_declined),
    )
    ceilings = (
        ("ours declined", ours, given.max_ours_declined),
        ("calibration error", scores.calibration_error(judged), given.max_calibration_error),
        ("median parse (ms)", report.median_cost(judged), given.max_median_ms),
    )
    under = [f"{name} {is_:.4f} is under {least}" for name, is_, least in floors if least is not None and is_ < least]
    over = [f"{name} {is_:.4f} is over {most}" for name, is_, most in ceilings if most is not None and is_ > most]
    return under + over


if __name__ == "__main__":
    sys.exit(main())
