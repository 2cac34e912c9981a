"""Figures as people read them, and the small boxes they stand in."""

from nicegui import ui

UNKNOWN = "—"


def span(seconds: float | None) -> str:
    """1 分 05 秒; what nobody measured is no zero."""
    if seconds is None:
        return UNKNOWN
    whole = round(seconds)
    if whole < 60:
        return f"{whole} 秒"
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60:02} 秒"
    if whole < 86_400:
        return f"{whole // 3600} 小时 {whole % 3600 // 60} 分"
    return f"{whole // 86_400} 天 {whole % 86_400 // 3600} 小时"


def percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{share * 100:.1f} %"


def tile(label: str, value: str, *, bad: bool = False, hint: str = "") -> None:
    with ui.element("div").classes(f"dd-tile{' bad' if bad else ''}"), ui.element("div"):
        ui.label(value).style("font-size:26px;font-weight:700;line-height:1.3;font-variant-numeric:tabular-nums")
        ui.label(label).style("color:var(--soft)")
        if hint:
            ui.tooltip(hint)
