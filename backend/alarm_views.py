"""An alarm as staff and sensors see it."""

from backend.tables import AlarmRow
from utility.alarms import Alarm, AlarmKind


def alarm_of(row: AlarmRow) -> Alarm:
    return Alarm(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        kind=AlarmKind(row.kind),
        transformer_area=row.transformer_area,
        feeder=row.feeder,
        at=row.at,
        received_at=row.received_at,
        drill=row.drill,
        cleared_at=row.cleared_at,
        outage_id=row.outage_id,
    )
