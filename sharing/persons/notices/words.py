"""What the notice says, in Chinese and English: to be confirmed by counsel, like every paper that a person is served.

``{you}``: the person or the unit; other marks are filled in by `content`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sharing.employers.paper import Words

YOU: Mapping[str, Words] = {
    "natural": {"zh": "您", "en": "you"},
    "unit": {"zh": "贵单位", "en": "your unit"},
}
YOUR: Mapping[str, Words] = {
    "natural": {"zh": "您的", "en": "your"},
    "unit": {"zh": "贵单位的", "en": "your unit’s"},
}
SAID: Mapping[str, Words] = {
    "title": {"zh": "告知书", "en": "Notice of a listing"},
    "number": {"zh": "登记编号 {number}", "en": "Listing {number}"},
    "seal": {"zh": "（院印）", "en": "(seal of the court)"},
    "sentence.months": {"zh": "{penalty}{months}个月", "en": "{penalty}, {months} months"},
    "probation.months": {"zh": "缓刑{months}个月", "en": "probation of {months} months"},
    "fine.criminal": {"zh": "罚金{yuan}元", "en": "a fine of {yuan} yuan"},
    "fine.penalty": {"zh": "罚款{yuan}元", "en": "a fine of {yuan} yuan"},
    "not_yet": {"zh": "尚未确定", "en": "not known yet"},
    # To whom
    "to": {"zh": "受送达人", "en": "To"},
    "to.value": {"zh": "记载", "en": "As recorded"},
    "to.name": {"zh": "姓名", "en": "Name"},
    "to.unit": {"zh": "单位名称", "en": "Name of the unit"},
    "to.representative": {"zh": "法定代表人（负责人）", "en": "Legal representative or person in charge"},
    "to.blank": {"zh": "＿＿＿＿＿＿＿＿＿＿（送达时填写）", "en": "____________________ (filled in on service)"},
    "opening": {
        "zh": "本院根据下列文书，将{you}登记于高级人民法院登记系统。依照《中华人民共和国个人信息保护法》第十七条、第三十五条"
        "和《国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见》（国办发〔2020〕49号），现将登记的理由和"
        "依据、期限、接收方以及{you}享有的权利告知如下。",
        "en": "On the decision named below this court has entered a listing about {you} in the Registry of the High Court. "
        "Under the Personal Information Protection Law of the PRC, art. 17 and 35, and Guobanfa [2020] No. 49, {you} are "
        "told here of the reasons and the basis, the term, the recipients and the rights.",
    },
    "opening.unit": {
        "zh": "本院根据下列文书，将{you}登记于高级人民法院登记系统。依照《国务院办公厅关于进一步完善失信约束制度构建诚信建设"
        "长效机制的指导意见》（国办发〔2020〕49号），现将登记的理由和依据、期限、接收方以及{you}享有的权利告知如下。",
        "en": "On the decision named below this court has entered a listing about {you} in the Registry of the High Court. "
        "Under Guobanfa [2020] No. 49, {you} is told here of the reasons and the basis, the term, the recipients and the "
        "rights.",
    },
    # 1. The decision
    "decision": {"zh": "一、登记所依据的文书", "en": "1. The decision on which the listing rests"},
    "item": {"zh": "项目", "en": "Item"},
    "content": {"zh": "内容", "en": "Content"},
    "decision.kind": {"zh": "类型", "en": "Kind"},
    "decision.number": {"zh": "文号", "en": "Number"},
    "decision.by": {"zh": "作出机关", "en": "Decided by"},
    "decision.on": {"zh": "作出日期", "en": "Decided on"},
    "decision.effective": {"zh": "生效日期", "en": "In effect from"},
    "decision.party": {"zh": "在文书中的顺序", "en": "Order in the decision"},
    "decision.charge": {"zh": "罪名", "en": "Offence"},
    "decision.penalty": {"zh": "处罚", "en": "Penalty"},
    "decision.prohibitions": {"zh": "从业禁止", "en": "Prohibitions"},
    # 2. Reasons and basis
    "reasons": {"zh": "二、登记的理由和法律依据", "en": "2. Reasons and legal basis of the listing"},
    "reasons.criminal": {
        "zh": "上述文书认定{you}犯{charge}。",
        "en": "The decision finds {you} guilty of the {charge}.",
    },
    "reasons.penalty": {
        "zh": "上述文书认定{you}违反个人信息保护的规定并给予行政处罚。",
        "en": "The decision finds that {you} broke the rules on protecting personal information, and imposes an "
        "administrative penalty.",
    },
    "reasons.article": {"zh": "适用条文", "en": "Article applied"},
    "reasons.facts": {"zh": "文书认定的情节", "en": "Facts found in the decision"},
    "reasons.no_penalty": {
        "zh": "登记不是新的处罚，也不公开。对外告知的内容和范围，以本告知书第四部分所列为限。",
        "en": "The listing is no further penalty, and it is not public. Who is told is named in part 4, and nobody else is.",
    },
    # 3. Term
    "term": {"zh": "三、登记期限", "en": "3. How long the listing runs"},
    "term.until": {
        "zh": "登记至{day}止，期满自动撤出，无需申请。",
        "en": "The listing runs until {day} and ends then by itself; nothing has to be applied for.",
    },
    "term.lifelong": {
        "zh": "因从业禁止为终身，登记没有期满日，本院每年复核一次。",
        "en": "Because a prohibition is for life the listing has no last day; the court reviews it every year.",
    },
    "term.open": {
        "zh": "文书生效日期尚未确定，登记期限在生效后计算。",
        "en": "The day of effect is not known yet; the term is computed once it is.",
    },
    "term.not_in_force": {
        "zh": "登记尚未生效。在登记生效之前，本院不向任何部门告知。",
        "en": "The listing is not in force yet. Until it is, nobody outside the court is told.",
    },
    "term.why": {"zh": "计算理由：", "en": "How this was computed:"},
    # 4. Recipients
    "recipients": {"zh": "四、告知的部门", "en": "4. Who is told"},
    "recipients.lead": {
        "zh": "依照共享文书，登记生效后告知下列部门。各部门只能采取所列措施；载明“仅供知悉”的部门，不得据此采取任何措施。",
        "en": "Under the sharing instruments these departments are told once the listing is in force. Each may take the "
        "measures named and no others; one that is told for information only may take none.",
    },
    "recipients.none": {
        "zh": "目前没有应当告知的部门。今后告知其他部门的，{you}可以在网上看到。",
        "en": "At present no department is told. If one is told later, {you} can see it on the pages named below.",
    },
    "recipients.department": {"zh": "部门", "en": "Department"},
    "recipients.measures": {"zh": "措施和法律依据", "en": "Measures and their legal basis"},
    "recipients.informed": {"zh": "仅供知悉", "en": "information only"},
    "recipients.changes": {
        "zh": "登记更正、变更、中止共享或者撤出的，本院再次告知每个已告知的部门；撤出后，各部门应当删除并出具回执。",
        "en": "Every department that was told is told again when the listing is corrected, revised, suspended or withdrawn; "
        "after a withdrawal it must purge its copy and confirm that.",
    },
    "recipients.employers": {
        "zh": "经本院准入的用人单位，可以为核准的目的和岗位查询；法律没有另行规定的，须经{you}授权同意，每次同意只限查询一次。"
        "谁在何时查询过，{you}可以在网上看到。",
        "en": "Employers admitted by the court may ask for an approved purpose and post; unless the law says otherwise only "
        "with {your} consent, which counts for one question. {Your} pages show who asked, and when.",
    },
    # 5. Rights
    "rights": {"zh": "五、{your}权利", "en": "5. {Your} rights"},
    "rights.objection": {
        "zh": "异议：认为登记有误的，可以随时提出异议。本院在收到之日（补正的，自补正之日）起{objection_decided}作出决定；异议成立的，在作出决定之日起"
        "{objection_carried_out}更正或者撤出。处理期间，登记标注“存在异议”。",
        "en": "Objection: at any time, if the listing is thought to be wrong. The court decides {objection_decided} from receipt, or "
        "from the day on which it was completed; if it finds so, it corrects or withdraws the listing {objection_carried_out} from the decision. Meanwhile the "
        "listing is marked as disputed.",
    },
    "rights.review": {
        "zh": "复核：不服异议决定的，可以在收到决定之日起{higher_court_asked}向{higher}申请复核，该院在收到之日起"
        "{higher_court_decided}作出决定。",
        "en": "Review: whoever disagrees with the decision on an objection may ask {higher}, {higher_court_asked} from its "
        "receipt; that court decides {higher_court_decided}.",
    },
    "rights.statement": {
        "zh": "说明：可以提交不超过{most}字的说明，由本院原文展示给每个接收方。",
        "en": "Statement: up to {most} characters in {your} own words, shown to every recipient as they are.",
    },
    "rights.record": {
        "zh": "查阅和复制：可以查阅、复制登记的内容，查看告知了哪些部门、哪些用人单位查询过{basis}。",
        "en": "Own record: to read and copy what is held, who was told and who asked{basis}.",
    },
    "rights.correction": {
        "zh": "更正：登记的内容不准确、不完整的，可以要求更正、补充{basis}。",
        "en": "Correction: to have what is inaccurate or incomplete put right{basis}.",
    },
    "rights.repair": {
        "zh": "修复：纠正违法行为、消除不良影响的，可以申请提前终止登记。",
        "en": "Repair: whoever has made good what was wrong may apply for an early end of the listing.",
    },
    "rights.beside": {
        "zh": "行使上述权利，不影响依法上诉、申诉，或者申请行政复议、提起行政诉讼。",
        "en": "None of this touches the right to appeal or petition, or to apply for administrative review or bring a suit.",
    },
    "record.basis": {
        "zh": "（《个人信息保护法》第四十五条）",
        "en": " (Personal Information Protection Law, art. 45)",
    },
    "correction.basis": {
        "zh": "（《个人信息保护法》第四十六条）",
        "en": " (Personal Information Protection Law, art. 46)",
    },
    "higher": {"zh": "上一级人民法院", "en": "the people’s court at the next higher level"},
    "higher.named": {"zh": "上一级人民法院（{court}）", "en": "the court at the next higher level ({court})"},
    "within.days": {"zh": "{number}日内", "en": "within {number} days"},
    "within.working_days": {"zh": "{number}个工作日内", "en": "within {number} working days"},
    # 6. Where and how
    "where": {"zh": "六、到哪里行使、如何行使", "en": "6. Where and how"},
    "where.lead": {
        "zh": "可以在网上办理，也可以到窗口或者邮寄办理，还可以委托代理人。办理不收费。",
        "en": "Online, at the counter or by post, in person or by an agent. Nothing is charged.",
    },
    "where.office": {"zh": "机构", "en": "Office"},
    "where.address": {"zh": "地址", "en": "Address"},
    "where.phone": {"zh": "电话", "en": "Telephone"},
    "where.email": {"zh": "电子邮箱", "en": "E-mail"},
    "where.hours": {"zh": "工作日办公时间", "en": "Hours on working days"},
    # The access code
    "access": {"zh": "网上查看登记", "en": "The listing online"},
    "access.how": {
        "zh": "打开下列网址或者扫描二维码，输入告知书码和证件号码后四位（后四位不载于本告知书）。",
        "en": "Open the address or scan the QR code, and type the code with the last four characters of the document number, "
        "which are not in this notice.",
    },
    "access.once": {
        "zh": "告知书码只能使用一次，{until}（北京时间）前有效，连同后四位输错五次即失效。请妥善保管，不要告诉他人；法院不会打电话索取。",
        "en": "The code opens the pages once, until {until} (Beijing time), and not after five wrong tries. Keep it to yourself; the court "
        "never asks for it by telephone.",
    },
    "access.address": {"zh": "网址", "en": "Address"},
    "access.code": {"zh": "告知书码", "en": "Code"},
    "access.alt": {"zh": "二维码：{address}", "en": "QR code of {address}"},
}
