#!/usr/bin/env python3
"""A Thunderbird home with a local folder of N Chinese office messages, configured so that it starts into its list: seed_thunderbird.py DIR N"""
import pathlib, random, sys, time

WORDS = ("关于 印发 通知 审批 财政厅 教育厅 意见 批示 请示 报告 公文 流转 会议 纪要 督办 落实 工作 方案 实施 细则 管理 办法 征求 反馈 材料 报送 时限 项目 "
         "建设 资金 拨付 绩效 审计").split()
PREFS = {
    "mail.accountmanager.accounts": "account2,account1", "mail.accountmanager.defaultaccount": "account2",
    "mail.account.account2.server": "server2", "mail.account.account2.identities": "id1",
    "mail.identity.id1.fullName": "me", "mail.identity.id1.useremail": "me@office.example", "mail.identity.id1.valid": True,
    "mail.server.server2.type": "pop3", "mail.server.server2.hostname": "127.0.0.1", "mail.server.server2.port": 1,
    "mail.server.server2.name": "office", "mail.server.server2.userName": "me",
    "mail.server.server2.directory-rel": "[ProfD]Mail/office", "mail.server.server2.storeContractID": "@mozilla.org/msgstore/berkeleystore;1",
    "mail.server.server2.check_new_mail": False, "mail.server.server2.login_at_startup": False, "mail.server.server2.download_on_biff": False,
    "mail.accountmanager.localfoldersserver": "server1", "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none", "mail.server.server1.hostname": "Local Folders", "mail.server.server1.name": "Local Folders",
    "mail.server.server1.userName": "nobody", "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.server.server1.storeContractID": "@mozilla.org/msgstore/berkeleystore;1",
    "mail.provider.suppress_dialog_on_startup": True, "mail.accounthub.enabled": False, "app.use_without_mail_account": True,
    "mailnews.start_page.enabled": False, "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True, "app.donation.eoy.version.viewed": 999, "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
}


def pref(value):
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'


def main(home, count):
    profile = pathlib.Path(home) / ".thunderbird/bench.default"
    folder = profile / "Mail/office"
    folder.mkdir(parents=True, exist_ok=True)
    (profile.parent / "profiles.ini").write_text("[Profile0]\nName=default\nIsRelative=1\nPath=bench.default\nDefault=1\n\n[General]\nStartWithLastProfile=1\nVersion=2\n")
    (profile / "user.js").write_text("".join(f'user_pref("{k}",{pref(v)});\n' for k, v in PREFS.items()))
    draw = random.Random(7)
    at = 1_700_000_000
    with open(folder / "Inbox", "w") as inbox:
        for i in range(count):
            at += draw.randint(60, 4000)
            date = time.strftime("%a, %d %b %Y %H:%M:%S +0800", time.gmtime(at))
            inbox.write(f"From - {time.asctime(time.gmtime(at))}\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nMessage-ID: <m{i}@office.example>\n"
                        f"From: u{i % 300}@office.example\nTo: me@office.example\nDate: {date}\nSubject: {''.join(draw.choices(WORDS, k=6))} {i}\n"
                        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"
                        f"{''.join(draw.choices(WORDS, k=80))}\n\n")


main(sys.argv[1], int(sys.argv[2]))
