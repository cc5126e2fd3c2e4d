"""Keep what the article says: its nine plots, their events, projects, figures and papers."""

from __future__ import annotations

from typing import Any

ARTICLE = "恩平以整治低效产业用地为突破口（报道，2023年）"
COUNTY = "440785"
RALLY_QUOTE = (
    "2月24日，恩平迅速落实两会精神，开展工作部署，举行低效土地综合整治誓师大会，"
    "吹响低效土地综合整治工作的冲锋号角。"
)
RALLY_MINUTES = "低效土地综合整治誓师大会"

_PARK = "440785400"
# The article tells what the park did there, not who signed for it.
_PARK_INFERRED = {"EP004", "EP005", "EP006"}
# name, aliases, site, town, responsible, holder, disposal, mechanism, blockers, ha, mu, floor m2,
# basis of town. Aliases name one plot only.
_PLOT_COLUMNS = (
    "parcel_id", "name", "aliases", "site", "town", "responsible", "holder", "disposal",
    "mechanism", "blockers", "stated_ha", "stated_mu", "floor_area_m2", "town_basis",
)  # fmt: skip
_PLOTS: tuple[tuple[Any, ...], ...] = (
    ("EP001", "肯达机械公司地块", ("肯达;肯达机械公司;佛威数控机床制造项目;中海油助井配件生产项目;"
     "Kenda plot;Kenda Machinery;P01"), None, None, None, "肯达机械公司", "self_redevelopment",
     None, None, None, None, None, None),
    ("EP002", "恩城米仓木材市场一带地块", ("米仓;米仓木材市场;恩城米仓木材市场一带;Micang;"
     "Micang timber market;P02"), "恩城米仓木材市场一带", "440785001", "440785001", None, None,
     "collateral_swap;debt_in_kind", "mortgage;contract_dispute;judicial_auction",
     "20.6", "308.93", None, "stated"),
    ("EP003", "鑫发（广东）科技有限公司地块", ("鑫发;鑫发科技;鑫发(广东)科技有限公司;Xinfa;"
     "Xinfa plot;P03"), "恩平工业园", None, _PARK, "鑫发（广东）科技有限公司", None, None, None,
     None, None, None, None),
    ("EP004", "蛟龙木业地块（恩大智造产业园）", ("蛟龙;蛟龙木业;恩大智造;恩大智造产业园;Jiaolong;"
     "Jiaolong plot;Jiaolong Timber;smart-manufacturing park;Enda smart-manufacturing park;P04"),
     None, "440785108", _PARK, None, "purchase", "deferred_purchase", None, "10", "150", None,
     "stated"),
    ("EP005", "珠江燃气地块（恩大创客中心）", ("珠江燃气;恩大创客;恩大创客中心;"
     "广东珠江燃气集团江门有限公司;原广东珠江燃气集团江门有限公司;燃气地块;gas plot;"
     "gas-company plot;gas company plot;Enda maker centre;P05"), None, "440785108", _PARK,
     "原广东珠江燃气集团江门有限公司", None, "state_investment", None, "1.41", "21.22", None,
     "inferred"),
    ("EP006", "道氏技术厂内地块（昊鑫新能源）", ("道氏;道氏技术;广东道氏技术股份有限公司;昊鑫;"
     "昊鑫新能源;昊鑫新能源公司;Daoshi;Daoshi plot;Haoxin;Haoxin New Energy;P06"), None,
     "440785101", _PARK, "广东道氏技术股份有限公司", None, "subsidiary", None,
     "3.33", "50", "33000", "inferred"),
    ("EP007", "沙湖陶瓷城地块（国发环保）", ("沙湖陶瓷城;沙湖镇陶瓷城;陶瓷城;国发;国发环保;"
     "国发环保新材;国发环保建筑新材料;Shahu ceramics town;Guofa;P07"), "沙湖镇陶瓷城",
     "440785103", "440785103", None, None, "vacant_plant_reuse", None, "10.83", "162.49",
     "66349", "stated"),
    ("EP008", "君堂纺织地块（业丰、合联丰）", ("君堂纺织;业丰纺织;合联丰纺织;业丰;合联丰;"
     "Juntang textiles;Yefeng;Helianfeng;P08"), None, "440785105", "440785105", None,
     None, "lease_redevelopment", None, None, None, None, "stated"),
    ("EP009", "大宇化工地块（恩平装配式建筑产业园区）", ("大宇;大宇化工;恩平市大宇化工有限公司;"
     "装配式建筑;装配式建筑产业园;恩平装配式建筑产业园区;Dayu;Dayu Chemical;"
     "prefabricated-building park;P09"), None, "440785100", "440785100",
     "恩平市大宇化工有限公司", None, None, None, "10.53", "158", None, "stated"),
)  # fmt: skip

_KENDA = "肯达机械公司自2016年建成占地4万多平方米厂房后却迟迟未投产"
_KENDA_TALKS = (
    "经过多次反复谈判，双方达成共识，由企业投资3亿元上马佛威数控机床制造项目和中海油助井"
    "配件生产项目，现已试投产。"
)
_MICANG = (
    "恩城米仓木材市场一带约20.6公顷(308.93亩)土地因涉及抵押贷款、合同纠纷、司法拍卖等问题"
    "，回收工作难度大"
)
_MICANG_WORK = "先后走访群众386人次，召开协调会17次，通过2个多月的昼夜作战"
_MICANG_DONE = "目前已成功盘活低效土地6.87公顷(103.12亩)"
_XINFA = "恩平工业园通过引入投资商鑫发(广东)科技有限公司，盘活了一块2009年就取得用地批文的土地"
_XINFA_PACE = "项目跑出了从洽谈到投产仅用9个月的“恩平速度”"
_JIAOLONG = (
    "通过与大槐镇蛟龙木业土地使用权人约定分期支付回收补偿款和加速挂牌出让程序“两条腿走路”的方式"
)
_JIAOLONG_DONE = (
    "不仅盘活了10公顷(150亩)低效产业用地，引入投资10亿元的恩大智造产业园项目(含科志达、富"
    "嘉、宏骏、密实、鑫恒发等五个智能装备制造项目)"
)
_GAS = (
    "积极盘活与恩大智造产业园项目地块紧接相连的原广东珠江燃气集团江门有限公司1.41公顷(21."
    "22亩)闲置地块"
)
_GAS_NOW = "该地块引进了恩大创客中心项目，进一步完善员工宿舍、办公楼等配套设施"
_DAOSHI = (
    "动员其利用厂内3.33公顷(50亩)闲置土地和3.3万平方米空置厂房，引入其全资子公司昊鑫新能"
    "源公司碳纳米管导电浆料生产项目"
)
_DAOSHI_MONEY = "项目计划投资12亿元，达产后年产值可达10亿元"
_SHAHU = (
    "盘活位于沙湖镇陶瓷城内10.83公顷(162.49亩)的低效土地和66349平方米面积的厂房，引入国发"
    "环保建筑新材料生产项目"
)
_SHAHU_MONEY = "项目计划投资11亿元，年产值约15-20亿元"
_SHAHU_TRIAL = "2022年10月20日，总投资11亿元的国发环保新材项目举行点火仪式，进入试投产阶段。"
_JUNTANG = "成功引导业丰纺织、合联丰纺织等多家企业租赁辖区内的空置厂房进行投资升级"
_DAYU = "盘活恩平市大宇化工有限公司10.53公顷(158亩)低效用地，引进恩平装配式建筑产业园区项目"
_DAYU_MONEY = "项目计划总投资近5亿元"
_LEDGER = "压实辖区内摸排出的119宗537.72公顷(8605.84亩)低效土地整治任务"
_PENALTIES = (
    "2022年，恩平共有9宗地块启动闲置土地调查程序，向涉嫌合同约定容积率、投资强度、亩产收"
    "未达标的企业发送律师函18份"
)
_GOAL_2022 = "2022年的整治提升目标为盘活不少于200公顷(3000亩)的低效土地"
_PLAN_2022 = "2022年开展低效产业用地整治提升工程，整理可用工业用地200公顷(3000亩)"
_GOAL_2023 = "恩平市计划盘活低效产业用地超过133公顷(2000亩)"
_QUARTER = (
    "截至3月30日，已经盘活低效产业用地9宗，引进项目8个，"
    "盘活低效产业用地近53公顷(793亩)，完成一季度任务的158%"
)
_NEW_2022 = "2022年，恩平市新招引工业项目25个，完成江门市下达数量任务的144%"
_NEW_2022_MONEY = "相关项目计划总投资98.68亿元，完成江门市下达投资额任务的182%"
_ALL_2022 = "2022年，恩平市共引进项目50个，总投资225亿元"
_SIGNED_2023 = "集中签约项目35个，总投资额178.8亿元"
_YISHENGNIU = "投资额15亿元，计划引进企业30家，满园运行后年产值将不低于12亿元"
_STAFF = "抽调12名业务骨干常驻办公"

# plot, date, kind, share of the plot's area or mu as printed, quantity, quote, basis of the date
_EVENTS: tuple[tuple[str | None, str, str, str | None, float | None, str, str], ...] = (
    (None, "2022-02-24", "meeting", None, None, RALLY_QUOTE, "stated"),
    ("EP001", "2022-03-08", "surveyed", None, None, _KENDA, "inferred"),
    ("EP001", "2022-05-17", "negotiating", None, None, _KENDA_TALKS, "inferred"),
    ("EP001", "2022-08-02", "agreed", None, None, _KENDA_TALKS, "inferred"),
    ("EP001", "2022-11-25", "revitalised", "all", None, _KENDA_TALKS, "inferred"),
    ("EP001", "2022-12-20", "trial_production", None, None, _KENDA_TALKS, "inferred"),
    ("EP002", "2022-03-09", "surveyed", None, None, _MICANG, "inferred"),
    ("EP002", "2022-06-06", "negotiating", None, None, _MICANG, "inferred"),
    ("EP002", "2022-07-29", "visit", None, 386.0, _MICANG_WORK, "inferred"),
    ("EP002", "2022-08-05", "meeting", None, 17.0, _MICANG_WORK, "inferred"),
    ("EP002", "2022-12-12", "revitalised", "103.12", None, _MICANG_DONE, "inferred"),
    ("EP003", "2022-03-10", "surveyed", None, None, _XINFA, "inferred"),
    ("EP003", "2022-03-21", "negotiating", None, None, _XINFA_PACE, "inferred"),
    ("EP003", "2022-06-30", "revitalised", "all", None, _XINFA, "inferred"),
    ("EP003", "2022-12-21", "producing", None, None, _XINFA_PACE, "inferred"),
    ("EP004", "2022-03-10", "surveyed", None, None, _JIAOLONG_DONE, "inferred"),
    ("EP004", "2022-04-28", "agreed", None, None, _JIAOLONG, "inferred"),
    ("EP004", "2022-07-15", "revitalised", "all", None, _JIAOLONG_DONE, "inferred"),
    ("EP004", "2022-08-30", "offered", None, None, _JIAOLONG, "inferred"),
    ("EP005", "2022-03-10", "surveyed", None, None, _GAS, "inferred"),
    ("EP005", "2022-06-16", "negotiating", None, None, _GAS, "inferred"),
    ("EP005", "2022-10-11", "revitalised", "21.22", None, _GAS, "inferred"),
    ("EP005", "2022-11-04", "note", None, None, _GAS_NOW, "inferred"),
    ("EP006", "2022-03-11", "surveyed", None, None, _DAOSHI, "inferred"),
    ("EP006", "2022-05-24", "negotiating", None, None, _DAOSHI, "inferred"),
    ("EP006", "2022-09-14", "revitalised", "50", None, _DAOSHI, "inferred"),
    ("EP007", "2022-03-14", "surveyed", None, None, _SHAHU, "inferred"),
    ("EP007", "2022-04-19", "revitalised", "162.49", None, _SHAHU, "inferred"),
    ("EP007", "2022-10-20", "trial_production", None, None, _SHAHU_TRIAL, "stated"),
    ("EP008", "2022-03-15", "surveyed", None, None, _JUNTANG, "inferred"),
    ("EP008", "2022-06-22", "negotiating", None, None, _JUNTANG, "inferred"),
    ("EP008", "2022-11-16", "revitalised", "all", None, _JUNTANG, "inferred"),
    ("EP009", "2022-03-16", "surveyed", None, None, _DAYU, "inferred"),
    ("EP009", "2022-07-05", "negotiating", None, None, _DAYU, "inferred"),
    ("EP009", "2022-12-28", "revitalised", "158", None, _DAYU, "inferred"),
)

# id, name, investor, industry, investment, least and most output, plots
_PROJECTS: tuple[tuple[Any, ...], ...] = (
    ("PJ001", "佛威数控机床制造项目和中海油助井配件生产项目", "肯达机械公司", "数控机床、助井配件",
     "3", None, None, ("EP001",)),
    ("PJ002", "鑫发（广东）科技有限公司项目", "鑫发（广东）科技有限公司", None, None, None, None,
     ("EP003",)),
    ("PJ003", "恩大智造产业园（科志达、富嘉、宏骏、密实、鑫恒发等五个项目）", None, "智能装备制造",
     "10", None, None, ("EP004",)),
    ("PJ004", "恩大创客中心", "恩平市产业园区开发建设有限公司", "园区配套", None, None, None,
     ("EP005",)),
    ("PJ005", "昊鑫新能源公司碳纳米管导电浆料生产项目", "昊鑫新能源公司", "碳纳米管导电浆料", "12",
     None, "10", ("EP006",)),
    ("PJ006", "国发环保建筑新材料生产项目", None, "建筑新材料", "11", "15", "20", ("EP007",)),
    ("PJ007", "业丰纺织租赁厂房项目", "业丰纺织", "纺织", None, None, None, ("EP008",)),
    ("PJ008", "合联丰纺织租赁厂房项目", "合联丰纺织", "纺织", None, None, None, ("EP008",)),
    ("PJ009", "恩平装配式建筑产业园区", None, "装配式钢结构绿色建筑", "5", None, None, ("EP009",)),
    ("PJ010", "广东亿盛牛工业园科技产业园", None, "智能装备制造", "15", "12", None, ()),
)  # fmt: skip

# subject, indicator, least, most, unit, qualifier, date, quote
_STATEMENTS: tuple[tuple[Any, ...], ...] = (
    ("EP001", "plant_m2", "40000", None, "m2", "多", None, _KENDA),
    ("EP001", "investment_yi", "3", "3", "亿元", None, None, _KENDA_TALKS),
    ("EP002", "land_ha", "20.6", "20.6", "ha", "约", None, _MICANG),
    ("EP002", "land_mu", "308.93", "308.93", "mu", "约", None, _MICANG),
    ("EP002", "visits", "386", "386", "人次", None, None, _MICANG_WORK),
    ("EP002", "meetings", "17", "17", "次", None, None, _MICANG_WORK),
    ("EP002", "months_of_work", "2", None, "月", "多", None, _MICANG_WORK),
    ("EP002", "working_groups", "3", "3", "个", None, None,
     "尖刀党支部联合恩城街道办组成三个工作组分片开展情况摸底、法律宣传和政策研究"),
    ("EP002", "revitalised_ha", "6.87", "6.87", "ha", None, None, _MICANG_DONE),
    ("EP002", "revitalised_mu", "103.12", "103.12", "mu", None, None, _MICANG_DONE),
    ("EP003", "approval_year", "2009", "2009", "年", None, None, _XINFA),
    ("EP003", "months_to_production", "9", "9", "月", "仅", None, _XINFA_PACE),
    ("EP004", "revitalised_ha", "10", "10", "ha", None, None, _JIAOLONG_DONE),
    ("EP004", "revitalised_mu", "150", "150", "mu", None, None, _JIAOLONG_DONE),
    ("EP004", "investment_yi", "10", "10", "亿元", None, None, _JIAOLONG_DONE),
    ("EP004", "projects", "5", "5", "个", None, None, _JIAOLONG_DONE),
    ("EP005", "land_ha", "1.41", "1.41", "ha", None, None, _GAS),
    ("EP005", "land_mu", "21.22", "21.22", "mu", None, None, _GAS),
    ("EP006", "land_ha", "3.33", "3.33", "ha", None, None, _DAOSHI),
    ("EP006", "land_mu", "50", "50", "mu", None, None, _DAOSHI),
    ("EP006", "plant_m2", "33000", "33000", "m2", None, None, _DAOSHI),
    ("EP006", "investment_yi", "12", "12", "亿元", "计划", None, _DAOSHI_MONEY),
    ("EP006", "output_yi", None, "10", "亿元", "可达", None, _DAOSHI_MONEY),
    ("EP007", "revitalised_ha", "10.83", "10.83", "ha", None, None, _SHAHU),
    ("EP007", "revitalised_mu", "162.49", "162.49", "mu", None, None, _SHAHU),
    ("EP007", "plant_m2", "66349", "66349", "m2", None, None, _SHAHU),
    ("EP007", "investment_yi", "11", "11", "亿元", "计划", None, _SHAHU_MONEY),
    ("EP007", "output_yi", "15", "20", "亿元", "约", None, _SHAHU_MONEY),
    ("EP007", "investment_yi", "11", "11", "亿元", None, "2022-10-20", _SHAHU_TRIAL),
    ("EP009", "revitalised_ha", "10.53", "10.53", "ha", None, None, _DAYU),
    ("EP009", "revitalised_mu", "158", "158", "mu", None, None, _DAYU),
    ("EP009", "investment_yi", None, "5", "亿元", "近", None, _DAYU_MONEY),
    ("PJ010", "investment_yi", "15", "15", "亿元", None, None, _YISHENGNIU),
    ("PJ010", "firms", "30", "30", "家", "计划", None, _YISHENGNIU),
    ("PJ010", "output_yi", "12", None, "亿元", "不低于", None, _YISHENGNIU),
    (COUNTY, "parcels", "119", "119", "宗", None, None, _LEDGER),
    (COUNTY, "land_ha", "537.72", "537.72", "ha", None, None, _LEDGER),
    (COUNTY, "land_mu", "8605.84", "8605.84", "mu", None, None, _LEDGER),
    (COUNTY, "target_2022_ha", "200", None, "ha", "不少于", None, _GOAL_2022),
    (COUNTY, "target_2022_mu", "3000", None, "mu", "不少于", None, _GOAL_2022),
    (COUNTY, "planned_2022_ha", "200", "200", "ha", None, None, _PLAN_2022),
    (COUNTY, "planned_2022_mu", "3000", "3000", "mu", None, None, _PLAN_2022),
    (COUNTY, "target_2023_ha", "133", None, "ha", "超过", None, _GOAL_2023),
    (COUNTY, "target_2023_mu", "2000", None, "mu", "超过", None, _GOAL_2023),
    (COUNTY, "revitalised_2023Q1_parcels", "9", "9", "宗", None, "2023-03-30", _QUARTER),
    (COUNTY, "projects_2023Q1", "8", "8", "个", None, "2023-03-30", _QUARTER),
    (COUNTY, "revitalised_2023Q1_ha", None, "53", "ha", "近", "2023-03-30", _QUARTER),
    (COUNTY, "revitalised_2023Q1_mu", "793", "793", "mu", "近", "2023-03-30", _QUARTER),
    (COUNTY, "share_of_2023Q1_target_percent", "158", "158", "%", None, "2023-03-30", _QUARTER),
    (COUNTY, "idle_investigations_2022", "9", "9", "宗", None, None, _PENALTIES),
    (COUNTY, "lawyer_letters_2022", "18", "18", "份", None, None, _PENALTIES),
    (COUNTY, "new_industrial_projects_2022", "25", "25", "个", None, None, _NEW_2022),
    (COUNTY, "share_of_project_target_2022_percent", "144", "144", "%", None, None, _NEW_2022),
    (COUNTY, "new_investment_2022_yi", "98.68", "98.68", "亿元", "计划", None, _NEW_2022_MONEY),
    (COUNTY, "share_of_investment_target_2022_percent", "182", "182", "%", None, None,
     _NEW_2022_MONEY),
    (COUNTY, "all_projects_2022", "50", "50", "个", None, None, _ALL_2022),
    (COUNTY, "all_investment_2022_yi", "225", "225", "亿元", None, None, _ALL_2022),
    (COUNTY, "signed_projects_2023Q1", "35", "35", "个", None, None, _SIGNED_2023),
    (COUNTY, "signed_investment_2023Q1_yi", "178.8", "178.8", "亿元", None, None, _SIGNED_2023),
    (COUNTY, "full_time_staff", "12", "12", "名", None, None, _STAFF),
    (COUNTY, "towns", "11", "11", "个", None, None,
     "全市11个镇(街)及恩平工业园同步设立工作专班"),
    (COUNTY, "plan_years", "2022", "2024", "年", None, None,
     "2022-2024年，恩平市将大力开展低效产业用地整治提升"),
    (COUNTY, "inspection", None, None, None, None, "2022-02-08",
     "2022年2月8日，江门市委书记陈岸明率队到恩平调研"),
    (COUNTY, "plenary", None, None, None, None, "2022-02-17",
     "同年2月17日召开的恩平市委十四届三次全会"),
    (COUNTY, "rally", None, None, None, None, "2022-02-24", RALLY_QUOTE),
)  # fmt: skip

_DOCUMENTS = (
    ("三年行动方案", "恩平市低效产业用地整治提升三年行动方案(2022-2024年)"),
    ("招商引资奖励办法", "恩平市招商引资奖励办法"),
    ("亲商十条", "恩平市进一步改善营商环境十条措施"),
    ("财综〔2016〕4号", "关于规范土地储备和资金管理等相关问题的通知"),
    ("全生命周期监管工作指引", "江门市招商项目全生命周期监管工作指引(试行)"),
    ("项目投资协议", "项目投资协议"),
    ("投资产出监管协议", "项目用地投资产出监管协议"),
    ("法律服务政策汇编", "恩平市企业法律服务政策汇编(解读版)"),
)


def article_parcels() -> list[dict[str, Any]]:
    """
    Return the nine named plots.

    Returns
    -------
    list of dict
        Their columns; what the article does not say is missing.
    """
    rows = [dict(zip(_PLOT_COLUMNS, plot, strict=True)) | {"source": ARTICLE} for plot in _PLOTS]
    for row in rows:
        inferred = row["parcel_id"] in _PARK_INFERRED
        stated = "stated" if row["responsible"] else None
        row["responsible_basis"] = "inferred" if inferred else stated
    return rows


def article_events() -> list[dict[str, Any]]:
    """
    Return the events the article tells, with its words in the note.

    Returns
    -------
    list of dict
        ``area`` is None, "all" for the plot's whole area, or mu as printed.
    """
    keys = ("parcel_id", "date", "kind", "area", "quantity", "note", "date_basis")
    return [dict(zip(keys, event, strict=True)) for event in _EVENTS]


def article_projects() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """
    Return the article's projects, and the plots they use.

    Returns
    -------
    projects, parcel_projects : list of dict
        Rows of the two tables.
    """
    keys = (
        "project_id", "name", "investor", "industry", "investment_yi", "output_yi_min",
        "output_yi_max",
    )  # fmt: skip
    projects = [
        dict(zip(keys, project[:-1], strict=True)) | {"source": ARTICLE} for project in _PROJECTS
    ]
    uses = [{"parcel_id": plot, "project_id": p[0]} for p in _PROJECTS for plot in p[-1]]
    return projects, uses


def article_statements() -> list[dict[str, Any]]:
    """
    Return every figure the article prints about the programme and its plots.

    Returns
    -------
    list of dict
        Rows of table "statements".
    """
    keys = (
        "subject", "indicator", "value_min", "value_max", "unit", "qualifier", "date", "quote",
    )  # fmt: skip
    return [dict(zip(keys, row, strict=True)) | {"source": ARTICLE} for row in _STATEMENTS]


def article_documents() -> list[dict[str, str]]:
    """
    Return the papers the article names.

    Returns
    -------
    list of dict
        Rows of table "documents".
    """
    return [{"document": key, "title": title, "source": ARTICLE} for key, title in _DOCUMENTS]
