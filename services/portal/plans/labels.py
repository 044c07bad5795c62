"""What states, kinds and fields of a plan are called on the pages."""

from typing import Final

STATES: Final = {"draft": "草稿", "signed": "已签发", "published": "已发布", "closed": "已办结", "discarded": "已作废"}
STATE_TONES: Final = {"draft": "amber", "signed": "blue", "published": "good", "closed": "plain", "discarded": "plain"}
KINDS: Final = {"section": "章节", "target": "目标", "task": "任务", "requirement": "要求", "text": "正文"}
KIND_TONES: Final = {"section": "plain", "target": "good", "task": "blue", "requirement": "amber", "text": "plain"}
ORIGINS: Final = {"notice": "上传的通知", "last_year": "上年度工作要点", "template": "区级模板"}
ROLES: Final = {
    "banner": "文头",
    "number": "文号",
    "title": "标题",
    "addressees": "主送",
    "letter": "通知正文",
    "signature": "落款",
    "date": "日期",
    "note": "附注",
    "inner_title": "要点标题",
    "introduction": "引言",
    "item": "条目",
    "paragraph": "段落",
    "row": "表格行",
    "attachment": "附件",
    "copy_to": "抄送",
    "imprint": "版记",
}
ENTERPRISE_SETS: Final = {
    "all": "全镇工贸企业",
    "above_scale": "规上工业企业",
    "peri_urban": "城乡接合部中小微企业",
    "smelter": "金属冶炼企业",
    "state_owned": "市属国有企业",
    "key": "重点企业（四涉一有限、三类重点）",
}
FIELDS: Final = {
    "heading": "标题",
    "text": "正文",
    "department_ids": "责任单位",
    "enterprise_set": "涉及企业",
    "due_on": "完成时限",
    "evidence_wanted": "佐证材料",
}
ACTS: Final = {"changed": "修改", "withdrawn": "撤销", "added": "增补"}
HISTORY: Final = {
    "plan:started": "建立草稿",
    "plan:node_edited": "校核条目",
    "plan:node_split": "拆分条目",
    "plan:node_merged": "合并条目",
    "plan:node_moved": "调整类别或上级",
    "plan:gaps_filled": "一次补齐",
    "plan:sent_for_signature": "送领导签发",
    "plan:given_back": "退回修改",
    "plan:signed": "签发",
    "plan:published": "发布",
    "plan:amended": "修订",
    "plan:concluded": "办结",
    "plan:discarded": "作废",
}
