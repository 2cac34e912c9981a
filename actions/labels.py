"""What buttons and cards call things. One table each, so that a thing has one name everywhere."""

INTENTS: dict[str, str] = {
    "outage_query": "查停电",
    "outage_plan_query": "查计划停电",
    "subscribe_notice": "停电提醒",
    "notice_receipt": "停电通知回执",
    "repair_report": "故障报修",
    "repair_progress": "抢修进度",
    "compensation": "停电补偿",
    "appliance_damage": "家电损坏",
    "bill_query": "查电费",
    "bill_dispute": "电费疑问",
    "payment": "怎么交费",
    "arrears_reconnect": "欠费与复电",
    "invoice": "电费发票",
    "usage_query": "查用电量",
    "tariff": "电价",
    "ladder_price": "阶梯电价",
    "bind_account": "绑定户号",
    "unbind_account": "解绑户号",
    "transfer_account": "过户更名",
    "my_manager": "我的客户经理",
    "new_connection": "新装用电",
    "capacity_change": "增容变更",
    "meter_check": "校验电表",
    "appointment": "预约上门",
    "complaint": "投诉",
    "suggestion_praise": "建议或表扬",
    "report_theft": "举报窃电",
    "report_misconduct": "举报员工",
    "ticket_progress": "查工单进度",
    "energy_saving": "节能用电",
    "safety_knowledge": "安全用电",
    "branch_office": "营业网点",
    "commitments": "服务承诺",
    "policy": "用电政策",
    "handoff": "人工客服",
    "hazard": "紧急情况",
}

MENU = tuple((INTENTS[name], f"/{name}") for name in ("outage_query", "repair_report", "bill_query", "complaint"))

HUMAN = ("转人工", "/handoff")

# How customers call what can be changed after a read-back.
SLOT_WORDS: dict[str, str] = {
    "phone": "电话|手机|号码|联系方式",
    "building": "楼栋|栋|幢|单元|门牌|房号|房间|几楼",
    "place": "地址|地点|地方|位置|小区|街道",
    "symptom": "故障|症状|现象|毛病",
    "scope": "范围",
    "story": "内容|经过|事情",
    "description": "内容|经过|说明",
    "kind": "类别|类型|分类",
}

SCOPES = (("只有我家", "一户"), ("整栋楼", "整栋"), ("整个小区", "整个小区"), ("不清楚", "不清楚"))
