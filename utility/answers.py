"""What a refusal of the other side means: `Problem` bodies to members of the error tree."""

from pydantic import ValidationError

from utility.errors import (
    IdentityLocked,
    IdentityMismatch,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotPossible,
    UtilityError,
    UtilityUnavailable,
)
from utility.models import Problem


def refusal(status: int, body: bytes) -> UtilityError:
    """The error for an answer below 500 that is no success.

    A body that is no `Problem` did not come from the contract (a proxy, a wrong address): that is "away", not "no".
    So is a refused secret: the matter must be kept until the installation is mended.
    """
    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:
        return UtilityUnavailable(f"the answer {status} does not follow the contract")
    if status == 401:
        return UtilityUnavailable("the shared secret was refused")
    return _meaning(problem)


def _meaning(problem: Problem) -> UtilityError:
    match problem.code:
        case "not_found":
            return NotFound(problem.message)
        case "not_allowed":
            return NotAllowed(problem.message)
        case "identity_mismatch" if problem.tries_left is not None:
            return IdentityMismatch(problem.tries_left)
        case "identity_locked" if problem.until is not None:
            return IdentityLocked(problem.until)
        case "not_possible":
            return NotPossible(problem.message)
        case "invalid":
            return InvalidRequest(problem.message)
    return UtilityUnavailable(f"the refusal {problem.code!r} does not follow the contract")


def faults(wrong: ValidationError) -> str:
    """The places of the mistakes, never the values: those may be personal."""
    errors = wrong.errors(include_input=False, include_url=False, include_context=False)
    return ", ".join(f"{'.'.join(map(str, error['loc']))} {error['type']}" for error in errors[:3])
