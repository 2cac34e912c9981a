"""The linear model over a vectoriser's columns: trained by liblinear, calibrated out of fold, kept as arrays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.augment import Examples
from bot.vectoriser import Vectoriser

FOLDS = 5
SEED = 20260101


@dataclass
class LinearModel:
    """One row of weights per column (and a last one for the bias), one column per intent; `sharpness` calibrates."""

    vectoriser: Vectoriser
    intents: list[str]
    weights: np.ndarray
    sharpness: float

    def probabilities(self, text: str) -> np.ndarray:
        """The chance of each intent, summing to one, in the order of `intents`."""
        columns, values = self.vectoriser.vector(text)
        return softmax(self.sharpness * (values @ self.weights[columns] + self.weights[-1]))

    def save(self, folder: Path) -> None:
        """Plain JSON and arrays: nothing in a model file can run."""
        about = {"columns": list(self.vectoriser.columns), "intents": self.intents, "sharpness": self.sharpness}
        (folder / "linear.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "linear.npz", weights=self.weights, idf=self.vectoriser.idf)

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        about = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz", allow_pickle=False) as arrays:
            columns = {key: column for column, key in enumerate(about["columns"])}
            vectoriser = Vectoriser(columns, arrays["idf"])
            return cls(vectoriser, about["intents"], arrays["weights"], about["sharpness"])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Scores to chances, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def train(examples: Examples, c: float, at_least: int, favour: dict[str, float] | None = None) -> LinearModel:
    """Fit on all, calibrate on what each fold had not seen; mistakes on an intent in `favour` weigh that much more.
    The same data give the same model."""
    texts = [row.text for row in examples.rows]
    labels = np.array([row.intent for row in examples.rows])
    favour = {name: weight for name, weight in (favour or {}).items() if name in labels}
    vectoriser = Vectoriser.fit(texts, at_least)
    matrix = as_matrix(vectoriser, texts)
    model = _fit(matrix, labels, c, favour)
    intents = [str(name) for name in model.classes_]
    weights = np.vstack([model.coef_.T, model.intercept_]).astype(np.float32)
    origins = np.array([row.origin for row in examples.rows])
    sharpness = _sharpness(*_unseen_scores(matrix, labels, origins, intents, c, favour))
    return LinearModel(vectoriser, intents, weights, sharpness)


def as_matrix(vectoriser: Vectoriser, texts: list[str]) -> Any:
    from scipy.sparse import csr_matrix

    rows = [vectoriser.vector(text) for text in texts]
    ends = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
    values = np.concatenate([row[1] for row in rows])
    return csr_matrix((values, np.concatenate([row[0] for row in rows]), ends), (len(rows), len(vectoriser.columns)))


def _fit(matrix: Any, labels: Any, c: float, favour: dict[str, float]) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=c, tol=1e-3, class_weight=favour or None, random_state=SEED).fit(matrix, labels)


def _unseen_scores(
    matrix: Any, labels: np.ndarray, origins: np.ndarray, intents: list[str], c: float, favour: dict[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Decision values of every sentence written by hand from a model that had seen neither it nor what was made of it,
    and where its true intent stands."""
    from sklearn.model_selection import StratifiedKFold

    _, by_hand = np.unique(origins, return_index=True)  # the first row of each origin is the sentence itself
    truth = np.searchsorted(intents, labels[by_hand])  # liblinear keeps its classes sorted
    folds = min(FOLDS, int(np.bincount(truth).min()))
    if folds < 2:
        return np.zeros((0, len(intents))), truth[:0]
    scores = np.zeros((len(by_hand), len(intents)))
    for known, unseen in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(by_hand, truth):
        seen = np.isin(origins, known)
        scores[unseen] = _fit(matrix[seen], labels[seen], c, favour).decision_function(matrix[by_hand[unseen]])
    return scores, truth


def _sharpness(scores: np.ndarray, truth: np.ndarray) -> float:
    """The factor on decision values that makes the chances honest: least log loss on a fine grid."""
    if not len(truth):
        return 1.0
    rows = np.arange(len(truth))
    grid = np.geomspace(0.5, 20, 60)
    losses = [-np.log(softmax(factor * scores)[rows, truth] + 1e-12).mean() for factor in grid]
    return float(grid[int(np.argmin(losses))])
