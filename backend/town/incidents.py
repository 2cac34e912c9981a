"""What incidents of the town go by: numbers, fault types with checklists, causes, and which building hangs where."""

from typing import Final

from backend.incident_wording import UNKNOWN_TYPE
from backend.tables import Row
from backend.town.gazetteer import Gazetteer
from backend.town.rules import DEMO, SINCE

OURS: Final = "本系统建议,可配置"
UNVERIFIED: Final = "故障分类未核实,可配置"
BANS: Final = f"{DEMO}:杜绝绕线热修等违规操作，可配置"

_ALWAYS: Final = ("核对停电范围和重要用户", "布置现场安全措施，验电并挂接地线", "恢复送电后核对各户已来电")
_NEVER: Final = ("严禁绕线热修（绕过保护或开关直接接线、带负荷拆接）", "严禁无票作业")
_TYPES: Final = (
    (UNKNOWN_TYPE, "UN", ("查明故障设备和原因", "登记故障类型")),
    ("高压故障", "HV", ("核对线路保护动作信息", "分段巡线，隔离故障区段", "非故障区段先行送电")),
    ("低压故障", "LV", ("检查配变和低压总开关", "检查分支箱和接户线")),
    ("电能质量故障", "PQ", ("测量三相电压和电流", "核对配变负荷和档位")),
    ("客户内部故障", "CU", ("向客户说明产权分界点", "收费服务先征得客户同意")),
    ("非电力故障", "NP", ("确认供电正常", "转告客户联系责任单位")),
    ("计量故障", "ME", ("拍照留存表计示数", "更换或封存表计并请客户确认")),
)
_CAUSES: Final = (
    ("WL", "外力破坏"),
    ("SB", "设备老化或缺陷"),
    ("LJ", "雷击"),
    ("TQ", "大风、暴雨等天气"),
    ("SZ", "树障"),
    ("XD", "小动物"),
    ("GF", "过负荷"),
    ("SG", "施工质量"),
    ("YH", "用户设备引起"),
    ("WZ", "原因不明"),
)


def policy_rows() -> list[Row]:
    values = {
        "incident_reports": "3",
        "incident_minutes": "30",
        "incident_automatic": "0",
        "incident_reopen_minutes": "60",
    }
    return [{"name": name, "value": value, "source": OURS, "valid_from": SINCE} for name, value in values.items()]


def type_rows() -> list[Row]:
    return [{"name": name, "source": UNVERIFIED, "position": position} for position, (name, _, _) in enumerate(_TYPES)]


def checklist_rows() -> list[Row]:
    """What belongs to the type, what belongs to all, and the bans."""
    return [
        {
            "id": f"{prefix}-{number}",
            "fault_type": name,
            "text": text,
            "forbidden": text in _NEVER,
            "source": BANS if text in _NEVER else OURS,
            "position": number,
        }
        for name, prefix, own in _TYPES
        for number, text in enumerate((*own, *_ALWAYS, *_NEVER), start=1)
    ]


def cause_rows() -> list[Row]:
    return [
        {"code": code, "name": name, "source": OURS, "position": position}
        for position, (code, name) in enumerate(_CAUSES)
    ]


def building_rows(gazetteer: Gazetteer) -> list[Row]:
    return [
        {"place_id": site.id, "building": f"{number}栋", "transformer_area": site.transformer_area(number)}
        for site in gazetteer.values()
        for number in range(1, site.buildings + 1)
    ]
