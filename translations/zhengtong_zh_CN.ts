<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>zt::app::Application</name>
    <message>
        <source>Zhengtong</source>
        <translation>正通</translation>
    </message>
    <message>
        <source>New document</source>
        <translation>新公文</translation>
    </message>
    <message>
        <source>To do: %1</source>
        <translation>待办：%1</translation>
    </message>
    <message>
        <source>Something new has arrived. Unlock to read it.</source>
        <translation>有新内容到达，解锁后查看。</translation>
    </message>
    <message>
        <source>A short code is for computers on which your organisation has set the hub. On this one it has not. Ask the information centre for a long code.</source>
        <translation>短登记码只用于单位已设定枢纽的电脑，本机没有设定。请向信息中心索取完整的登记码。</translation>
    </message>
    <message>
        <source>This code is for another hub than the one your organisation has set on this computer. Nothing was sent. Ask the information centre for a code of your own hub.</source>
        <translation>这个登记码不属于单位为本机设定的枢纽，没有发送任何内容。请向信息中心索取本单位枢纽的登记码。</translation>
    </message>
    <message>
        <source>Some of your organisation&apos;s settings on this computer cannot be used, so its hub is not certain. Nothing was sent. Ask the information centre to repair them; zhengtong --policy-report says what is wrong.</source>
        <translation>本机的部分单位统一设置不能使用，因此无法确定本机的枢纽，没有发送任何内容。请信息中心修复，命令 zhengtong --policy-report 会说明问题所在。</translation>
    </message>
    <message>
        <source>A character is wrong or missing. Compare the code once more.</source>
        <translation>有字符错误或缺失，请再核对一遍。</translation>
    </message>
    <message>
        <source>This code is not for this PC and week, or was used already. Read out once more what is shown here.</source>
        <translation>此码不是给本机本周的，或已用过。请把这里显示的内容重新报一遍。</translation>
    </message>
</context>
<context>
    <name>zt::app::ApprovalDialog</name>
    <message>
        <source>A further computer asks to be admitted</source>
        <translation>又有一台电脑请求准入</translation>
    </message>
    <message>
        <source>without a name</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>The computer “%1” wants to be enrolled in your name. It will read and sign as you do.</source>
        <translation>电脑“%1”请求以您的名义登记。登记后可同您一样阅读和签署。</translation>
    </message>
    <message>
        <source>Approve it only if you are enrolling it yourself at this moment and it shows these letters:</source>
        <translation>仅当您本人此刻正在登记该机，并且其上显示以下字母时，方可批准：</translation>
    </message>
    <message>
        <source>Refuse</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>批准</translation>
    </message>
</context>
<context>
    <name>zt::app::MainWindow</name>
    <message>
        <source>Zhengtong</source>
        <translation>正通</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>工作台</translation>
    </message>
    <message>
        <source>People</source>
        <translation>通讯录</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>同步</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>New draft</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>已撤销</translation>
    </message>
    <message>
        <source>It has been sent already and cannot be taken back.</source>
        <translation>已经上传，不能撤销。</translation>
    </message>
    <message>
        <source>This PC&apos;s clock is wrong</source>
        <translation>本机时钟不准</translation>
    </message>
    <message>
        <source>Docs</source>
        <translation>公文</translation>
    </message>
    <message>
        <source>Deputy</source>
        <translation>委托</translation>
    </message>
    <message>
        <source>The keyring is not in use. The settings say why.</source>
        <translation>密钥环未启用，原因见设置。</translation>
    </message>
</context>
<context>
    <name>zt::app::RecoveryDialog</name>
    <message>
        <source>Two administrators of your unit can open this store together. Nothing on this computer is deleted, unsent work included.</source>
        <translation>由本单位两名管理员共同打开本机数据。本机内容一件不删，未上传的工作也在。</translation>
    </message>
    <message>
        <source>1. Save the request…</source>
        <translation>1. 保存申请文件…</translation>
    </message>
    <message>
        <source>Hand the file to both administrators, one after the other.</source>
        <translation>把文件先后交给两名管理员。</translation>
    </message>
    <message>
        <source>2. Choose their answer…</source>
        <translation>2. 选择答复文件…</translation>
    </message>
    <message>
        <source>No answer chosen yet.</source>
        <translation>尚未选择答复文件。</translation>
    </message>
    <message>
        <source>3. New passphrase</source>
        <translation>3. 新口令</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新口令</translation>
    </message>
    <message>
        <source>New passphrase again</source>
        <translation>再次输入新口令</translation>
    </message>
    <message>
        <source>Again</source>
        <translation>再输一次</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Set new passphrase</source>
        <translation>设置新口令</translation>
    </message>
    <message>
        <source>Save the request</source>
        <translation>保存申请文件</translation>
    </message>
    <message>
        <source>Code to compare by voice: %1</source>
        <translation>请口头核对的代码：%1</translation>
    </message>
    <message>
        <source>This store was made without recovery. The passphrase is the only way in; nothing is deleted, try again later.</source>
        <translation>本机数据建立时没有设置找回，只能用口令打开。内容不会删除，请稍后再试。</translation>
    </message>
    <message>
        <source>Choose the administrators&apos; answer</source>
        <translation>选择管理员的答复文件</translation>
    </message>
    <message>
        <source>Use at least eight characters.</source>
        <translation>请至少输入八个字符。</translation>
    </message>
    <message>
        <source>The two passphrases differ.</source>
        <translation>两次输入的口令不同。</translation>
    </message>
    <message>
        <source>This answer belongs to another request. Ask for the one to the newest request.</source>
        <translation>这份答复对应另一份申请。请索取最新申请的答复。</translation>
    </message>
    <message>
        <source>Open with two administrators</source>
        <translation>由两名管理员打开</translation>
    </message>
</context>
<context>
    <name>zt::app::RemoveDialog</name>
    <message>
        <source>Remove from this PC</source>
        <translation>从本机移除</translation>
    </message>
    <message>
        <source>For a PC that is replaced or given away. What the hub has stays there; your data on this PC are destroyed and cannot be brought back.</source>
        <translation>用于更换或移交电脑。枢纽已有的内容仍在枢纽；您在本机的数据将被销毁，不能恢复。</translation>
    </message>
    <message>
        <source>Looking for what was never sent…</source>
        <translation>正在查找从未发出的内容…</translation>
    </message>
    <message>
        <source>I have read this list; what is on it will be lost</source>
        <translation>我已看过清单，其中内容将会丢失</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>(without a title)</source>
        <translation>（无标题）</translation>
    </message>
    <message>
        <source>Drafts, which are on this PC alone:</source>
        <translation>草稿（仅本机有）：</translation>
    </message>
    <message>
        <source>Not sent yet:</source>
        <translation>尚未发出：</translation>
    </message>
    <message>
        <source>Words that still need attention:</source>
        <translation>仍需处理的内容：</translation>
    </message>
    <message>
        <source>Documents with files the hub does not have:</source>
        <translation>附件尚未传到枢纽的公文：</translation>
    </message>
    <message>
        <source>Everything was sent: nothing is on this PC alone.</source>
        <translation>内容均已发出，没有仅在本机的内容。</translation>
    </message>
    <message>
        <source>Something changed meanwhile. Read the list once more.</source>
        <translation>其间内容有变化，请再看一遍清单。</translation>
    </message>
</context>
<context>
    <name>zt::app::SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>字号</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Large</source>
        <translation>大</translation>
    </message>
    <message>
        <source>Extra large</source>
        <translation>特大</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>疏密</translation>
    </message>
    <message>
        <source>By window size</source>
        <translation>随窗口大小</translation>
    </message>
    <message>
        <source>Compact</source>
        <translation>紧凑</translation>
    </message>
    <message>
        <source>Comfortable</source>
        <translation>舒适</translation>
    </message>
    <message>
        <source>Notify of new tasks and documents</source>
        <translation>新待办和新公文到达时提醒</translation>
    </message>
    <message>
        <source>Keep running in the tray when the window is closed</source>
        <translation>关闭窗口后在托盘继续运行</translation>
    </message>
    <message>
        <source>Language takes full effect after the next unlock.</source>
        <translation>语言在下次解锁后全部生效。</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Hub</source>
        <translation>枢纽</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>None, or http://host:port</source>
        <translation>不使用，或 http://主机:端口</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Write it as http://host:port, for example http://proxy.example:3128. The old setting stays in force.</source>
        <translation>请写成 http://主机:端口，例如 http://proxy.example:3128。原设置继续有效。</translation>
    </message>
    <message>
        <source>Lock and passphrase</source>
        <translation>锁定与口令</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Lock after no input for</source>
        <translation>无操作多久后锁定</translation>
    </message>
    <message>
        <source>Present passphrase</source>
        <translation>当前口令</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新口令</translation>
    </message>
    <message>
        <source>New passphrase again</source>
        <translation>再次输入新口令</translation>
    </message>
    <message>
        <source>Change passphrase</source>
        <translation>更改口令</translation>
    </message>
    <message>
        <source>Use at least eight characters.</source>
        <translation>请至少输入八个字符。</translation>
    </message>
    <message>
        <source>The two passphrases differ.</source>
        <translation>两次输入的口令不同。</translation>
    </message>
    <message>
        <source>Changing…</source>
        <translation>正在更改…</translation>
    </message>
    <message>
        <source>Changed. It holds from the next unlock.</source>
        <translation>已更改，下次解锁起使用。</translation>
    </message>
    <message>
        <source>Data on this computer</source>
        <translation>本机数据</translation>
    </message>
    <message>
        <source>Everything here is encrypted with a key that your passphrase opens.</source>
        <translation>本机内容全部加密，密钥由您的口令打开。</translation>
    </message>
    <message>
        <source>Check integrity</source>
        <translation>检查完整性</translation>
    </message>
    <message>
        <source>Back up…</source>
        <translation>备份…</translation>
    </message>
    <message>
        <source>Diagnosis file…</source>
        <translation>诊断文件…</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>All data is whole.</source>
        <translation>数据完整。</translation>
    </message>
    <message>
        <source>The check found damage. Back up now and show the diagnosis file to your administrator; nothing was deleted.</source>
        <translation>检查发现损坏，没有删除任何内容。请立即备份，并把诊断文件交给管理员。</translation>
    </message>
    <message>
        <source>Back up to a new folder</source>
        <translation>备份到新文件夹</translation>
    </message>
    <message>
        <source>Backed up, encrypted as it is here.</source>
        <translation>已备份，与本机同样加密。</translation>
    </message>
    <message>
        <source>Save diagnosis file</source>
        <translation>保存诊断文件</translation>
    </message>
    <message>
        <source>Saved. It holds no content and no names.</source>
        <translation>已保存，不含内容和姓名。</translation>
    </message>
    <message numerus="yes">
        <source>%n min</source>
        <translation>
            <numerusform>%n 分钟</numerusform>
        </translation>
    </message>
    <message>
        <source>Some of your organisation&apos;s settings on this computer cannot be used. Tell the information centre; zhengtong --policy-report says what is wrong.</source>
        <translation>本机的部分单位统一设置不能使用。请告知信息中心，命令 zhengtong --policy-report 会说明问题所在。</translation>
    </message>
    <message numerus="yes">
        <source>Your organisation allows at most %n min</source>
        <translation>
            <numerusform>单位规定最长 %n 分钟</numerusform>
        </translation>
    </message>
    <message>
        <source>None</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>Computers that wait for your approval</source>
        <translation>等待您批准的电脑</translation>
    </message>
    <message>
        <source>Answer…</source>
        <translation>答复…</translation>
    </message>
    <message>
        <source>%1, letters %2</source>
        <comment>name of a computer</comment>
        <translation>%1，核对字母 %2</translation>
    </message>
    <message>
        <source>Managed by your organisation</source>
        <translation>由单位统一管理</translation>
    </message>
    <message>
        <source>Policy of the hub</source>
        <translation>枢纽策略</translation>
    </message>
    <message>
        <source>Number %1, signed by %2</source>
        <translation>第 %1 号，%2 签发</translation>
    </message>
    <message>
        <source>May be without the hub until</source>
        <translation>离线使用期限至</translation>
    </message>
    <message>
        <source>Of this PC&apos;s managed settings and the hub&apos;s policy the stricter value holds; what you cannot change shows a lock.</source>
        <translation>本机统一管理设置与枢纽策略取其严；不能更改的项目显示锁形标记。</translation>
    </message>
    <message>
        <source>Remove from this PC…</source>
        <translation>从本机移除…</translation>
    </message>
    <message>
        <source>Open only together with this computer&apos;s keyring</source>
        <translation>须与系统密钥环一起打开</translation>
    </message>
    <message>
        <source>This changes with the next unlock.</source>
        <translation>下次解锁时生效。</translation>
    </message>
    <message>
        <source>Everything here is encrypted with a key that your passphrase and this computer&apos;s keyring open together.</source>
        <translation>本机内容全部加密，密钥由您的口令和系统密钥环共同打开。</translation>
    </message>
    <message>
        <source>Backed up, encrypted as it is here. It opens with the passphrase on this computer only, as long as its keyring keeps the secret; otherwise two administrators open it.</source>
        <translation>已备份，与本机同样加密。仅在本机、且密钥环中的密钥仍在时可用口令打开，否则须由两名管理员打开。</translation>
    </message>
</context>
<context>
    <name>zt::app::Tray</name>
    <message>
        <source>Show Zhengtong</source>
        <translation>显示正通</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message numerus="yes">
        <source>Zhengtong: %n task(s) to do</source>
        <translation>
            <numerusform>正通：%n 件待办</numerusform>
        </translation>
    </message>
    <message>
        <source>Zhengtong</source>
        <translation>正通</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::ComposeWindow</name>
    <message>
        <source>New draft</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Save again</source>
        <translation>重新保存</translation>
    </message>
    <message>
        <source>Saved %1 on this PC</source>
        <translation>已保存在本机 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n characters</source>
        <translation>
            <numerusform>%n 字</numerusform>
        </translation>
    </message>
    <message>
        <source>No headings yet</source>
        <translation>还没有小标题</translation>
    </message>
    <message>
        <source>Ready to be submitted</source>
        <translation>可以送审</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message numerus="yes">
        <source>Check: %n to complete</source>
        <translation>
            <numerusform>检查：%n 项待补</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>文件为空</translation>
    </message>
    <message>
        <source>The file could not be read. Nothing was changed.</source>
        <translation>文件没有读出，稿件未改动。</translation>
    </message>
    <message>
        <source>The file is too large for a text. Nothing was changed.</source>
        <translation>文件过大，不能作为正文，稿件未改动。</translation>
    </message>
    <message>
        <source>The file is not a text in UTF-8 or GB18030. Nothing was changed.</source>
        <translation>文件不是 UTF-8 或 GB18030 文本，稿件未改动。</translation>
    </message>
    <message>
        <source>An attachment is still being taken in. Submit when it is done.</source>
        <translation>还有附件正在加入，完成后再送审。</translation>
    </message>
    <message>
        <source>Not submitted yet: %1.</source>
        <translation>尚未送审：%1。</translation>
    </message>
    <message>
        <source>Not submitted; the draft is kept. %1</source>
        <translation>没有送审，草稿已保留。%1</translation>
    </message>
    <message>
        <source>Submitted for review: %1</source>
        <translation>已送审：%1</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>修改稿</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览版式</translation>
    </message>
    <message>
        <source>Show the pages beside the text (Ctrl+Shift+V)</source>
        <translation>在正文旁显示版式（Ctrl+Shift+V）</translation>
    </message>
    <message>
        <source>Submit for review</source>
        <translation>送审</translation>
    </message>
    <message>
        <source>Submit for review (Ctrl+Enter)</source>
        <translation>送审（Ctrl+Enter）</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>提纲</translation>
    </message>
    <message>
        <source>Headings of the text</source>
        <translation>正文小标题</translation>
    </message>
    <message>
        <source>Import text…</source>
        <translation>导入文本…</translation>
    </message>
    <message>
        <source>Take the text of a file into the body</source>
        <translation>把文件中的文字放入正文</translation>
    </message>
    <message>
        <source>Import text</source>
        <translation>导入文本</translation>
    </message>
    <message>
        <source>Text files (*.txt *.md)</source>
        <translation>文本文件 (*.txt *.md)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Body</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>Write the body here, one paragraph a line. Headings: 一、 and （一）</source>
        <translation>在此写正文，一行一段。小标题写作：一、和（一）</translation>
    </message>
    <message>
        <source>Urgency</source>
        <translation>紧急程度</translation>
    </message>
    <message>
        <source>None</source>
        <comment>no urgency</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>Main recipients</source>
        <translation>主送</translation>
    </message>
    <message>
        <source>Copies to</source>
        <translation>抄送</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>文种</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Organ code</source>
        <translation>机关代字</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>附注</translation>
    </message>
    <message>
        <source>To the reviewer</source>
        <translation>送审说明</translation>
    </message>
    <message>
        <source>Elements of the document</source>
        <translation>公文要素</translation>
    </message>
    <message>
        <source>What is missing</source>
        <translation>待补事项</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Elements</source>
        <translation>公文要素</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Drafts stay on this PC; writing goes on without the network</source>
        <translation>草稿存在本机，断网也可继续编辑</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::DirectoryPage</name>
    <message>
        <source>Units</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Name, pinyin, post or unit</source>
        <translation>姓名、拼音、职务或单位</translation>
    </message>
    <message>
        <source>The directory is kept on this PC</source>
        <translation>通讯录存在本机</translation>
    </message>
    <message>
        <source>People</source>
        <translation>通讯录</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Post</source>
        <translation>职务</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>身份</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Give a mandate…</source>
        <translation>委托…</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>负责人</translation>
    </message>
    <message>
        <source>The directory could not be read</source>
        <translation>通讯录没有读出</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n people</source>
        <translation>
            <numerusform>%1，%n 人</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n people</source>
        <translation>
            <numerusform>%n 人</numerusform>
        </translation>
    </message>
    <message>
        <source>Receives documents</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the parts of a sentence read out</comment>
        <translation>，</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>The directory is not on this PC yet</source>
        <translation>本机还没有通讯录</translation>
    </message>
    <message>
        <source>It comes with the first connection to the hub.</source>
        <translation>首次连接枢纽后自动到达。</translation>
    </message>
    <message>
        <source>Nobody holds a post here</source>
        <translation>本单位没有人员</translation>
    </message>
    <message>
        <source>Nobody found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Choose a unit below it.</source>
        <translation>请选择下级单位。</translation>
    </message>
    <message>
        <source>A part of the name, the pinyin or its initials is enough.</source>
        <translation>输入部分姓名、拼音或首字母即可。</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::DocumentListModel</name>
    <message>
        <source>Document no longer here</source>
        <translation>公文已不在本机</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>需处理</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>This week</source>
        <translation>本周</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>本月</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>更早</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::DocumentsPage</name>
    <message>
        <source>To do</source>
        <translation>待办</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>已办</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>In review</source>
        <translation>审核中</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>公文</translation>
    </message>
    <message>
        <source>New draft</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Incoming</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>Outgoing</source>
        <translation>发文</translation>
    </message>
    <message>
        <source>New draft (Ctrl+Shift+N)</source>
        <translation>拟稿（Ctrl+Shift+N）</translation>
    </message>
    <message>
        <source>List of documents</source>
        <translation>公文列表</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>公文</translation>
    </message>
    <message>
        <source>Choose a document</source>
        <translation>请选择一件公文</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Everything is done</source>
        <translation>待办已全部办完</translation>
    </message>
    <message>
        <source>New documents appear here by themselves.</source>
        <translation>新公文到达后自动显示在这里。</translation>
    </message>
    <message>
        <source>No drafts</source>
        <translation>没有草稿</translation>
    </message>
    <message>
        <source>What you write is kept on this PC as you type.</source>
        <translation>边写边存，草稿都在本机。</translation>
    </message>
    <message>
        <source>Nothing here yet</source>
        <translation>这里还没有内容</translation>
    </message>
    <message>
        <source>Untitled draft</source>
        <translation>无标题草稿</translation>
    </message>
    <message>
        <source>Enter opens the draft in its own window.</source>
        <translation>按 Enter 在新窗口打开草稿。</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::DraftModel</name>
    <message>
        <source>Untitled draft</source>
        <translation>无标题草稿</translation>
    </message>
    <message numerus="yes">
        <source>%n recipients</source>
        <translation>
            <numerusform>主送 %n 个单位</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>保存于 %1</translation>
    </message>
    <message>
        <source>Being revised, saved %1</source>
        <translation>修改中，保存于 %1</translation>
    </message>
    <message>
        <source>no recipient yet</source>
        <translation>未选主送</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::FileList</name>
    <message>
        <source>%1, %2</source>
        <comment>size, state</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Progress of %1</source>
        <translation>%1的进度</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>button, file</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::MandatesPanel</name>
    <message>
        <source>No mandates</source>
        <translation>没有委托</translation>
    </message>
    <message>
        <source>While you are away, a deputy can act for you; the record names both.</source>
        <translation>您不在时可由受托人代办，记录中写明两人。</translation>
    </message>
    <message>
        <source>Mandates</source>
        <translation>委托记录</translation>
    </message>
    <message>
        <source>Deputy</source>
        <translation>受托人</translation>
    </message>
    <message>
        <source>For</source>
        <translation>委托人</translation>
    </message>
    <message>
        <source>From</source>
        <translation>起</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>止</translation>
    </message>
    <message>
        <source>What</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>End the mandate</source>
        <translation>结束委托</translation>
    </message>
    <message>
        <source>Give a mandate</source>
        <translation>新建委托</translation>
    </message>
    <message>
        <source>Give the mandate</source>
        <translation>委托</translation>
    </message>
    <message>
        <source>Ended early</source>
        <translation>已提前结束</translation>
    </message>
    <message>
        <source>Over</source>
        <translation>已到期</translation>
    </message>
    <message>
        <source>Not yet</source>
        <translation>未开始</translation>
    </message>
    <message>
        <source>In force</source>
        <translation>有效</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Choose a person of the directory.</source>
        <translation>请从通讯录选择人员。</translation>
    </message>
    <message>
        <source>The end lies before the beginning.</source>
        <translation>结束时间早于开始时间。</translation>
    </message>
    <message>
        <source>Choose what the deputy may do.</source>
        <translation>请选择受托范围。</translation>
    </message>
    <message>
        <source>Mandate given</source>
        <translation>已委托</translation>
    </message>
    <message>
        <source>Mandate ended</source>
        <translation>委托已结束</translation>
    </message>
    <message>
        <source>It was not accepted.</source>
        <translation>没有被接受。</translation>
    </message>
    <message>
        <source>Name or unit</source>
        <translation>姓名或单位</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::OpinionPanel</name>
    <message>
        <source>Opinions</source>
        <translation>办理意见</translation>
    </message>
    <message>
        <source>Receipt</source>
        <translation>签收</translation>
    </message>
    <message numerus="yes">
        <source>%n characters</source>
        <translation>
            <numerusform>%n 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::OutboxModel</name>
    <message>
        <source>%1 acted first</source>
        <translation>%1已先办理</translation>
    </message>
    <message>
        <source>Kept as an opinion</source>
        <translation>已作为意见保留</translation>
    </message>
    <message>
        <source>Not permitted</source>
        <translation>无权办理</translation>
    </message>
    <message>
        <source>Decide anew</source>
        <translation>请重新决定</translation>
    </message>
    <message>
        <source>Time limit passed</source>
        <translation>已过时限</translation>
    </message>
    <message>
        <source>Update needed</source>
        <translation>需要更新</translation>
    </message>
    <message>
        <source>Sent, no answer yet</source>
        <translation>已上传，等待结果</translation>
    </message>
    <message>
        <source>Waiting to be sent</source>
        <translation>待上传</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>已办</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>需处理</translation>
    </message>
    <message>
        <source>To be sent, in this order</source>
        <translation>待上传，按顺序</translation>
    </message>
    <message>
        <source>Settled lately</source>
        <translation>最近完成</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::PageTools</name>
    <message>
        <source>Previous page</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Fit the width</source>
        <translation>适合宽度</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>在正文中查找</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Page %1 of %2</source>
        <translation>第 %1 / %2 页</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <comment>page, pages</comment>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::PageView</name>
    <message>
        <source>Pages</source>
        <translation>版面</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::ProcessView</name>
    <message>
        <source>What happened</source>
        <translation>办理经过</translation>
    </message>
    <message>
        <source>Receipts of the units</source>
        <translation>各单位签收情况</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>已阅</translation>
    </message>
    <message>
        <source>Signed for</source>
        <translation>已签收</translation>
    </message>
    <message>
        <source>%1 (copy)</source>
        <translation>%1（抄送）</translation>
    </message>
    <message>
        <source>Could not be delivered</source>
        <translation>未能送达</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n units have signed for it</source>
        <translation>
            <numerusform>%n 个单位中 %1 个已签收</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::ReadingPane</name>
    <message>
        <source>Sign for receipt</source>
        <translation>签收</translation>
    </message>
    <message>
        <source>Add opinion</source>
        <translation>补充意见</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Revise</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>button, key</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>My opinion: %1</source>
        <comment>step</comment>
        <translation>我的意见：%1</translation>
    </message>
    <message>
        <source>Note with the receipt</source>
        <translation>签收备注</translation>
    </message>
    <message>
        <source>Further opinion</source>
        <translation>补充意见</translation>
    </message>
    <message>
        <source>Reason for withdrawing</source>
        <translation>撤回原因</translation>
    </message>
    <message>
        <source>for %1</source>
        <comment>acting under a mandate</comment>
        <translation>代%1</translation>
    </message>
    <message>
        <source>Write the opinion first.</source>
        <translation>请先填写意见。</translation>
    </message>
    <message>
        <source>Say what is to be changed; the drafter sees it.</source>
        <translation>请写明修改要求，拟稿人会看到。</translation>
    </message>
    <message>
        <source>%1: done</source>
        <comment>what was done</comment>
        <translation>已办理：%1</translation>
    </message>
    <message>
        <source>Choose a document</source>
        <translation>请选择一件公文</translation>
    </message>
    <message>
        <source>Parts of the document</source>
        <translation>公文各部分</translation>
    </message>
    <message>
        <source>Open in a new window</source>
        <translation>在新窗口打开</translation>
    </message>
    <message>
        <source>This PC lacks the official typefaces; others stand in for them.</source>
        <translation>本机缺少公文字体，预览用代替字体。</translation>
    </message>
    <message>
        <source>No attachments</source>
        <translation>没有附件</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>The document was not opened</source>
        <translation>公文没有打开</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>received %1</source>
        <translation>%1 收文</translation>
    </message>
    <message>
        <source>Signed for</source>
        <translation>已签收</translation>
    </message>
    <message>
        <source>To sign for</source>
        <translation>待签收</translation>
    </message>
    <message>
        <source>no number yet</source>
        <translation>待编号</translation>
    </message>
    <message>
        <source>%1, submitted %2</source>
        <comment>drafter, time</comment>
        <translation>%1，%2送审</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>第 %1 稿</translation>
    </message>
    <message>
        <source>This matter was handled by a newer version of the programme. You can read it; update to go on.</source>
        <translation>此事项由更新版本的程序办理过，可以阅读，更新后可继续办理。</translation>
    </message>
    <message>
        <source>Read only. A part of this matter was erased under the rule “%1”.</source>
        <translation>只读。本事项的部分内容已按规则“%1”销毁。</translation>
    </message>
    <message>
        <source>Read only. %1</source>
        <translation>只读。%1</translation>
    </message>
    <message>
        <source>Look at it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>%1 is kept on this PC and waits to be sent.</source>
        <translation>“%1”已存在本机，等待上传。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>tab, count</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>Opinions</source>
        <translation>办理意见</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Process and receipts</source>
        <translation>流程与签收</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>流程</translation>
    </message>
    <message>
        <source>%1% sent</source>
        <translation>已上传 %1%</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>%1% fetched</source>
        <translation>已下载 %1%</translation>
    </message>
    <message>
        <source>%1% fetched, goes on when online</source>
        <translation>已下载 %1%，联网后继续</translation>
    </message>
    <message>
        <source>not on this PC yet</source>
        <translation>尚未下载到本机</translation>
    </message>
    <message>
        <source>not on this PC, can be fetched when online</source>
        <translation>不在本机，联网后可下载</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Fetch when online</source>
        <translation>联网后下载</translation>
    </message>
    <message>
        <source>Save the attachment</source>
        <translation>保存附件</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>已保存为 %1</translation>
    </message>
    <message>
        <source>Stand-in fonts</source>
        <translation>代用字体</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::RowsModel</name>
    <message>
        <source>unread</source>
        <translation>未读</translation>
    </message>
    <message numerus="yes">
        <source>%n attachments</source>
        <translation>
            <numerusform>附件 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>waiting to be sent</source>
        <translation>待上传</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the parts of a sentence read out</comment>
        <translation>，</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::SearchPalette</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search documents, opinions, attachments, people, commands</source>
        <translation>搜索公文、意见、附件、人员、命令</translation>
    </message>
    <message>
        <source>Where to search</source>
        <translation>搜索范围</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>公文</translation>
    </message>
    <message>
        <source>People</source>
        <translation>通讯录</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Where it was found</source>
        <translation>命中位置</translation>
    </message>
    <message>
        <source>Enter: open</source>
        <translation>Enter 打开</translation>
    </message>
    <message>
        <source>Ctrl+Enter: in a new window</source>
        <translation>Ctrl+Enter 新窗口打开</translation>
    </message>
    <message>
        <source>Esc: close</source>
        <translation>Esc 关闭</translation>
    </message>
    <message>
        <source>Up, Down: choose    Tab: where    &gt;: commands</source>
        <translation>上下键选择    Tab 换范围    &gt; 命令</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the parts of a sentence read out</comment>
        <translation>，</translation>
    </message>
    <message>
        <source>Type a word, a number or the initials of a name.</source>
        <translation>输入词语、文号或姓名首字母。</translation>
    </message>
    <message>
        <source>Nothing found so far. The index is still being built.</source>
        <translation>暂未找到，索引仍在建立。</translation>
    </message>
    <message>
        <source>Nothing on this PC holds “%1”. Fewer words find more.</source>
        <translation>本机没有包含“%1”的内容。减少词语可找到更多。</translation>
    </message>
    <message>
        <source>Best match first</source>
        <translation>按相关度排序</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>按时间排序，新的在前</translation>
    </message>
    <message>
        <source>%1, more than shown</source>
        <translation>%1，还有更多未显示</translation>
    </message>
    <message>
        <source>%1, index still being built</source>
        <translation>%1，索引仍在建立</translation>
    </message>
    <message>
        <source>Searches this PC, also offline</source>
        <translation>搜索本机内容，断网可用</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::SyncCentrePage</name>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>What to show</source>
        <translation>显示内容</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>需处理</translation>
    </message>
    <message>
        <source>To send</source>
        <translation>待上传</translation>
    </message>
    <message>
        <source>Settled</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Everything is sent</source>
        <translation>已全部上传</translation>
    </message>
    <message>
        <source>What you do without the network waits here.</source>
        <translation>断网时的办理在这里等待上传。</translation>
    </message>
    <message>
        <source>Choose an item to see what became of it</source>
        <translation>选择一项查看办理结果</translation>
    </message>
    <message>
        <source>Your words</source>
        <translation>您的原话</translation>
    </message>
    <message>
        <source>Open the document</source>
        <translation>打开公文</translation>
    </message>
    <message>
        <source>Copy words</source>
        <translation>复制原话</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>已办</translation>
    </message>
    <message>
        <source>Add as opinion</source>
        <translation>作为意见补入</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>办理经过</translation>
    </message>
    <message>
        <source>What became of it</source>
        <translation>办理结果</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>已撤销</translation>
    </message>
    <message>
        <source>It may have been sent already and cannot be taken back. Withdraw it in the document instead.</source>
        <translation>可能已经上传，不能撤销。请在公文中撤回。</translation>
    </message>
    <message numerus="yes">
        <source>This PC&apos;s clock differs from the hub&apos;s by %n minutes.</source>
        <translation>
            <numerusform>本机时钟与枢纽相差 %n 分钟。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Next attempt in %n s.</source>
        <translation>
            <numerusform>%n 秒后重试。</numerusform>
        </translation>
    </message>
    <message>
        <source>Retry now</source>
        <translation>现在重试</translation>
    </message>
    <message>
        <source>Data on this PC is encrypted.
Last heard from the hub: %1
Hub: %2</source>
        <comment>foot of the queue</comment>
        <translation>本机数据已加密。
上次同步：%1
枢纽：%2</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>tab, count</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>The queue could not be read</source>
        <translation>队列没有读出</translation>
    </message>
    <message>
        <source>Made on this PC %1</source>
        <translation>本机办理于 %1</translation>
    </message>
    <message>
        <source>It has been sent; the hub&apos;s answer is still missing. It is never applied twice.</source>
        <translation>已上传，尚未收到枢纽结果。不会重复生效。</translation>
    </message>
    <message>
        <source>It is kept on this PC and is sent as soon as the hub answers. Until then you can take it back.</source>
        <translation>已存在本机，枢纽连通后立即上传。此前可以撤销。</translation>
    </message>
    <message>
        <source>(no words)</source>
        <translation>（没有文字）</translation>
    </message>
    <message>
        <source>Your words were added as an opinion</source>
        <translation>原话已作为意见补入</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::TimelineModel</name>
    <message>
        <source>%1, after the step was completed</source>
        <translation>%1，在该步骤办结之后</translation>
    </message>
    <message>
        <source>%1, time not proven</source>
        <translation>%1，时间未经证实</translation>
    </message>
    <message>
        <source>waiting to be sent</source>
        <translation>待上传</translation>
    </message>
    <message>
        <source>waiting for you</source>
        <translation>待我办理</translation>
    </message>
    <message>
        <source>in hand</source>
        <translation>正在办理</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>state, due time</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Submitted</source>
        <translation>送审</translation>
    </message>
    <message>
        <source>Submitted version %1</source>
        <translation>送审第 %1 稿</translation>
    </message>
    <message>
        <source>Number given</source>
        <translation>已编号</translation>
    </message>
    <message>
        <source>Dispatched</source>
        <translation>已分发</translation>
    </message>
    <message numerus="yes">
        <source>to %n units</source>
        <translation>
            <numerusform>分发 %n 个单位</numerusform>
        </translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>已阅</translation>
    </message>
    <message>
        <source>Signed for</source>
        <translation>已签收</translation>
    </message>
    <message>
        <source>Sign for receipt</source>
        <translation>签收</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the parts of a sentence read out</comment>
        <translation>，</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between names</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>The time for this step ran out.</source>
        <translation>本环节时限已到。</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>waits until %1</source>
        <translation>等待至 %1</translation>
    </message>
    <message>
        <source>By the process</source>
        <translation>按流程</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::UnitField</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1等，另有 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>field, units</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the parts of a sentence read out</comment>
        <translation>，</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::UnitPicker</name>
    <message>
        <source>Name or pinyin of the unit</source>
        <translation>单位名称或拼音</translation>
    </message>
    <message>
        <source>Nobody there receives documents</source>
        <translation>该单位没有收文人员</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Use these units</source>
        <translation>使用所选单位</translation>
    </message>
    <message numerus="yes">
        <source>%n units chosen</source>
        <translation>
            <numerusform>已选 %n 个单位</numerusform>
        </translation>
    </message>
    <message>
        <source>receives documents</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>nobody there receives documents</source>
        <translation>没有收文人员</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::UnitTree</name>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::VersionsView</name>
    <message>
        <source>Version %1, %2, %3</source>
        <comment>number, person, time</comment>
        <translation>第 %1 稿，%2，%3</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>with</source>
        <translation>与</translation>
    </message>
    <message>
        <source>Older version</source>
        <translation>旧稿</translation>
    </message>
    <message>
        <source>Newer version</source>
        <translation>新稿</translation>
    </message>
    <message>
        <source>Text with its changes</source>
        <translation>带修改标记的正文</translation>
    </message>
    <message>
        <source>List of changes</source>
        <translation>修改清单</translation>
    </message>
    <message>
        <source>There is one version so far.</source>
        <translation>目前只有一稿。</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>Added: %1</source>
        <translation>增加：%1</translation>
    </message>
    <message>
        <source>Removed: %1</source>
        <translation>删除：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n changes. Added words are underlined, removed ones struck.</source>
        <translation>
            <numerusform>共 %n 处修改。增加的加下划线，删除的加删除线。</numerusform>
        </translation>
    </message>
    <message>
        <source>Title and body are the same.</source>
        <translation>标题和正文相同。</translation>
    </message>
    <message>
        <source>Changed: %1 → %2</source>
        <translation>修改：%1 → %2</translation>
    </message>
</context>
<context>
    <name>zt::document_ui::Words</name>
    <message numerus="yes">
        <source>%n to send</source>
        <translation>
            <numerusform>%n 项待上传</numerusform>
        </translation>
    </message>
    <message>
        <source>Your data on this PC is unharmed.</source>
        <translation>本机数据完好。</translation>
    </message>
    <message>
        <source>Device not admitted</source>
        <translation>设备已停用</translation>
    </message>
    <message>
        <source>This device is no longer admitted by the hub. %1</source>
        <translation>枢纽已停用本设备。%1</translation>
    </message>
    <message>
        <source>Account suspended</source>
        <translation>账号已停用</translation>
    </message>
    <message>
        <source>Your account is suspended. %1</source>
        <translation>您的账号已停用。%1</translation>
    </message>
    <message>
        <source>Update needed</source>
        <translation>需要更新</translation>
    </message>
    <message>
        <source>Identity refused</source>
        <translation>身份未通过</translation>
    </message>
    <message>
        <source>The hub did not accept this device. %1</source>
        <translation>枢纽没有接受本设备。%1</translation>
    </message>
    <message>
        <source>Nothing received from the hub yet.</source>
        <translation>尚未收到枢纽的数据。</translation>
    </message>
    <message>
        <source>Data as of %1.</source>
        <translation>数据截至%1。</translation>
    </message>
    <message>
        <source>Reading, drafting and signing go on; everything is sent when the line is back.</source>
        <translation>可以继续阅读、拟稿和签批，联网后自动上传。</translation>
    </message>
    <message>
        <source>%1 %2 %3</source>
        <comment>three sentences</comment>
        <translation>%1%2%3</translation>
    </message>
    <message>
        <source>Cannot save</source>
        <translation>无法保存</translation>
    </message>
    <message>
        <source>The last change could not be saved on this PC. Nothing was lost; nothing more is kept until it works again.</source>
        <translation>最近的改动没有存入本机。已有内容没有丢失；恢复前新的改动不会保存。</translation>
    </message>
    <message>
        <source>History differs</source>
        <translation>记录不一致</translation>
    </message>
    <message>
        <source>The hub&apos;s history contradicts what this PC holds. Tell your security administrator; nothing was overwritten.</source>
        <translation>枢纽的记录与本机不一致，没有覆盖任何内容。请告知安全管理员。</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>There is no network.</source>
        <translation>没有网络。</translation>
    </message>
    <message>
        <source>Hub unreachable</source>
        <translation>枢纽未连通</translation>
    </message>
    <message>
        <source>The hub does not answer.</source>
        <translation>枢纽没有应答。</translation>
    </message>
    <message>
        <source>The server is not the hub this PC was enrolled at, or did not accept this device. Nothing was sent.</source>
        <translation>对方不是本机登记的枢纽，或没有接受本设备。没有发送任何内容。</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message numerus="yes">
        <source>Sending %n items</source>
        <translation>
            <numerusform>正在上传 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Receiving</source>
        <translation>正在接收</translation>
    </message>
    <message>
        <source>Online · synced %1</source>
        <translation>在线 · %1 已同步</translation>
    </message>
    <message>
        <source>Everything is sent and received.</source>
        <translation>已全部上传和接收。</translation>
    </message>
    <message>
        <source>today</source>
        <translation>今日</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>tomorrow</source>
        <translation>明日</translation>
    </message>
    <message>
        <source>MMM d</source>
        <comment>date without year, Qt format</comment>
        <translation>M月d日</translation>
    </message>
    <message>
        <source>MMM d, yyyy</source>
        <comment>date with year, Qt format</comment>
        <translation>yyyy年M月d日</translation>
    </message>
    <message>
        <source>somebody else (%1)</source>
        <translation>他人（%1）</translation>
    </message>
    <message>
        <source>somebody else</source>
        <translation>他人</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>name, time</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Somebody else has already completed this step.</source>
        <translation>这一步已由他人办理。</translation>
    </message>
    <message>
        <source>The matter has ended.</source>
        <translation>事项已结束。</translation>
    </message>
    <message>
        <source>This step is not assigned to you.</source>
        <translation>这一步不由您办理。</translation>
    </message>
    <message>
        <source>The mandate you acted under has ended.</source>
        <translation>您所依据的委托已结束。</translation>
    </message>
    <message>
        <source>The mandate does not cover this step.</source>
        <translation>委托范围不包括这一步。</translation>
    </message>
    <message>
        <source>Your account was suspended at that time.</source>
        <translation>当时您的账号已停用。</translation>
    </message>
    <message>
        <source>This device was no longer admitted at that time.</source>
        <translation>当时本设备已停用。</translation>
    </message>
    <message>
        <source>The document has changed since you read it.</source>
        <translation>您阅读之后公文已有改动。</translation>
    </message>
    <message>
        <source>An earlier act of yours on this matter was not applied.</source>
        <translation>您此前对该事项的一次办理未生效。</translation>
    </message>
    <message>
        <source>A recipient unit no longer exists.</source>
        <translation>有主送或抄送单位已撤销。</translation>
    </message>
    <message>
        <source>The document&apos;s elements are incomplete.</source>
        <translation>公文要素不完整。</translation>
    </message>
    <message>
        <source>Nobody holds the post that the next step needs.</source>
        <translation>下一步所需职务无人担任。</translation>
    </message>
    <message>
        <source>The process has been changed since.</source>
        <translation>流程此后已调整。</translation>
    </message>
    <message>
        <source>Only the drafter can do this.</source>
        <translation>只有拟稿人可以这样做。</translation>
    </message>
    <message>
        <source>The process this document needs is not known here yet.</source>
        <translation>本机还没有这类公文所需的流程。</translation>
    </message>
    <message>
        <source>It is too late to withdraw: the document has been signed.</source>
        <translation>公文已签发，不能撤回。</translation>
    </message>
    <message>
        <source>This needs an administrator&apos;s role.</source>
        <translation>这需要管理员权限。</translation>
    </message>
    <message>
        <source>This matter was handled by a newer version. Update to go on.</source>
        <translation>此事项由更新版本办理过，更新后可继续办理。</translation>
    </message>
    <message>
        <source>The drafter cannot decide on their own document.</source>
        <translation>拟稿人不能审批自己的公文。</translation>
    </message>
    <message>
        <source>You have already done this.</source>
        <translation>您已办理过。</translation>
    </message>
    <message>
        <source>You no longer have access to this matter.</source>
        <translation>您已无权查看此事项。</translation>
    </message>
    <message>
        <source>The time limit of this step has passed.</source>
        <translation>这一步的时限已过。</translation>
    </message>
    <message>
        <source>It exists already.</source>
        <translation>已经存在。</translation>
    </message>
    <message>
        <source>The person is not in the directory.</source>
        <translation>通讯录中没有此人。</translation>
    </message>
    <message>
        <source>The document names no recipient.</source>
        <translation>公文没有主送单位。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>Done. The hub has recorded it.</source>
        <translation>已办理，枢纽已记录。</translation>
    </message>
    <message>
        <source>The step had been completed by %1. Your words were kept as an opinion.</source>
        <translation>这一步已由%1办结，您的意见已作为意见保留。</translation>
    </message>
    <message>
        <source>%1 completed this step before your act arrived. It was not applied; your words are kept below.</source>
        <translation>%1先于您办理了这一步。您的办理未生效，原话保留在下方。</translation>
    </message>
    <message>
        <source>Your act was not applied; your words are kept below.</source>
        <translation>您的办理未生效，原话保留在下方。</translation>
    </message>
    <message>
        <source>Please look again and decide anew; your words are kept below.</source>
        <translation>请重新查看后再决定，原话保留在下方。</translation>
    </message>
    <message>
        <source>The time limit had passed before you acted. Your act was not applied; your words are kept below.</source>
        <translation>您办理时时限已过，办理未生效，原话保留在下方。</translation>
    </message>
    <message>
        <source>The same act had already been recorded. Nothing more is needed.</source>
        <translation>相同的办理已有记录，无需再办。</translation>
    </message>
    <message>
        <source>The hub needs a newer version of this programme for it. Your words are kept below; update, then do it again.</source>
        <translation>枢纽需要更新版本的程序才能办理。原话保留在下方，请更新后重新办理。</translation>
    </message>
    <message>
        <source>Not settled yet. Your words are kept on this PC.</source>
        <translation>尚无结果，您的原话存在本机。</translation>
    </message>
    <message>
        <source>Your words are kept below.</source>
        <translation>原话保留在下方。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>day, time of day</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>%n 分钟前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h ago</source>
        <translation>
            <numerusform>%n 小时前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n d ago</source>
        <translation>
            <numerusform>%n 天前</numerusform>
        </translation>
    </message>
    <message>
        <source>Overdue</source>
        <translation>已超期</translation>
    </message>
    <message>
        <source>Due today</source>
        <translation>今日到期</translation>
    </message>
    <message>
        <source>This week</source>
        <translation>本周</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后</translation>
    </message>
    <message numerus="yes">
        <source>overdue by %n d</source>
        <translation>
            <numerusform>已超期 %n 天</numerusform>
        </translation>
    </message>
    <message>
        <source>overdue since %1</source>
        <translation>%1已超期</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>step, how late</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>before %1</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>%2 before %1</source>
        <comment>time, step</comment>
        <translation>%1前%2</translation>
    </message>
    <message>
        <source>Waiting for a number</source>
        <translation>待编号</translation>
    </message>
    <message>
        <source>Dispatched</source>
        <translation>已分发</translation>
    </message>
    <message>
        <source>Withdrawn</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>不同意</translation>
    </message>
    <message>
        <source>Sign for receipt</source>
        <translation>签收</translation>
    </message>
    <message>
        <source>Signed for</source>
        <translation>已签收</translation>
    </message>
    <message>
        <source>Returned</source>
        <translation>已退回</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Returned to the drafter</source>
        <translation>退回拟稿人</translation>
    </message>
    <message>
        <source>In review</source>
        <translation>审核中</translation>
    </message>
    <message>
        <source>Agreed</source>
        <translation>同意</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>签发</translation>
    </message>
    <message>
        <source>Agree and send on</source>
        <translation>同意并送下一步</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>退回</translation>
    </message>
    <message>
        <source>Sign and issue</source>
        <translation>签发</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>不同意</translation>
    </message>
    <message>
        <source>Submit for review</source>
        <translation>送审</translation>
    </message>
    <message>
        <source>Add opinion</source>
        <translation>补充意见</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Give a mandate</source>
        <translation>委托</translation>
    </message>
    <message>
        <source>End a mandate</source>
        <translation>结束委托</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>改动</translation>
    </message>
    <message>
        <source>%2 for %1</source>
        <comment>%1 principal, %2 deputy; Chinese: %1（%2代）</comment>
        <translation>%1（%2代）</translation>
    </message>
    <message>
        <source>The title is missing</source>
        <translation>缺少标题</translation>
    </message>
    <message>
        <source>The title is too long</source>
        <translation>标题过长</translation>
    </message>
    <message>
        <source>The kind is not one of the fifteen</source>
        <translation>文种不在十五种之内</translation>
    </message>
    <message>
        <source>No main recipient</source>
        <translation>缺少主送</translation>
    </message>
    <message>
        <source>The body is empty</source>
        <translation>正文为空</translation>
    </message>
    <message>
        <source>The issuing organ is missing</source>
        <translation>缺少发文机关</translation>
    </message>
    <message>
        <source>The organ code is missing</source>
        <translation>缺少机关代字</translation>
    </message>
    <message>
        <source>A recipient no longer exists</source>
        <translation>有主送或抄送单位已撤销</translation>
    </message>
    <message>
        <source>Reviewing</source>
        <translation>审核</translation>
    </message>
    <message>
        <source>Signing</source>
        <translation>签发</translation>
    </message>
    <message>
        <source>The time for this step ran out.</source>
        <translation>本环节时限已到。</translation>
    </message>
    <message>
        <source>This matter, or a part of it, was erased under a retention rule.</source>
        <translation>本事项的全部或部分内容已按保管期限规定销毁。</translation>
    </message>
    <message>
        <source>The matter is not finished.</source>
        <translation>本事项尚未办结。</translation>
    </message>
    <message>
        <source>The audit administrator has not approved it.</source>
        <translation>未经审计管理员批准。</translation>
    </message>
    <message>
        <source>The time for this step ran out on %1 and the matter went on.</source>
        <translation>本环节时限已于 %1 届满，事项已转入下一环节。</translation>
    </message>
    <message>
        <source>Your words were kept as an opinion.</source>
        <translation>您写的内容已作为意见保留。</translation>
    </message>
    <message>
        <source>Ended, time ran out</source>
        <translation>逾期终止</translation>
    </message>
    <message>
        <source>The hub needs a newer version of this programme.</source>
        <translation>枢纽要求更新版本的程序。</translation>
    </message>
    <message>
        <source>The hub takes nothing from this version; it needs %1 or later.</source>
        <translation>枢纽不再接收本版本发送的内容，须为 %1 或更高版本。</translation>
    </message>
    <message>
        <source>Ask the information centre for the update. Everything here can still be read and written, and what waits is sent after the update.</source>
        <translation>请向信息中心索取更新。本机内容仍可阅读和拟写，待发内容在更新后发送。</translation>
    </message>
    <message>
        <source>Certificate ended</source>
        <translation>证书已到期</translation>
    </message>
    <message>
        <source>This PC was away so long that its certificate ended. It is renewed at the next contact up to 90 days later; after that, ask the information centre for a new enrolment code. Everything here can still be read.</source>
        <translation>本机离线过久，证书已到期。到期后 90 天内再次连接时自动续期；超过 90 天请向信息中心索取新的登记码。本机内容仍可阅读。</translation>
    </message>
    <message>
        <source>Your organisation asks that your data open only together with this computer&apos;s keyring; for now the passphrase alone opens them.</source>
        <translation>单位要求本机数据须与系统密钥环一起打开，目前仍可单凭口令打开。</translation>
    </message>
    <message>
        <source>No keyring service is running here. Tell the information centre.</source>
        <translation>本机没有运行密钥环服务，请告知信息中心。</translation>
    </message>
    <message>
        <source>The keyring is locked or was refused. Unlock it, then lock Zhengtong and unlock it again.</source>
        <translation>密钥环未解锁或拒绝了请求。请先解锁密钥环，再锁定正通并重新解锁。</translation>
    </message>
    <message>
        <source>The keyring did not keep the secret. Lock Zhengtong and unlock it again; if this stays, tell the information centre.</source>
        <translation>密钥环没有保存密钥。请锁定正通并重新解锁；仍然如此，请告知信息中心。</translation>
    </message>
    <message>
        <source>This store was made without recovery by administrators, which the keyring needs beside it. Tell the information centre.</source>
        <translation>本机数据建立时没有设置管理员找回，而使用密钥环必须有此设置。请告知信息中心。</translation>
    </message>
    <message>
        <source>Keyring not in use</source>
        <translation>密钥环未启用</translation>
    </message>
</context>
<context>
    <name>zt::widgets</name>
    <message>
        <source>Urgent</source>
        <comment>urgency of a document: 加急</comment>
        <translation>加急</translation>
    </message>
    <message>
        <source>Most urgent</source>
        <comment>urgency of a document: 特急</comment>
        <translation>特急</translation>
    </message>
    <message>
        <source>Must reach</source>
        <comment>a message everybody must confirm: 必达</comment>
        <translation>必达</translation>
    </message>
    <message>
        <source>Divider</source>
        <comment>the line between two panes</comment>
        <translation>分隔线</translation>
    </message>
    <message>
        <source>Show passphrase</source>
        <translation>显示口令</translation>
    </message>
    <message>
        <source>Hide passphrase</source>
        <translation>隐藏口令</translation>
    </message>
</context>
<context>
    <name>zt::widgets::EnrolPage</name>
    <message>
        <source>New passphrase</source>
        <translation>新口令</translation>
    </message>
    <message>
        <source>Repeat the passphrase</source>
        <translation>再次输入口令</translation>
    </message>
    <message>
        <source>Enrol this computer</source>
        <translation>登记本机</translation>
    </message>
    <message>
        <source>Back to unlock</source>
        <translation>返回解锁</translation>
    </message>
    <message>
        <source>Once, with the network. Afterwards you can work without it.</source>
        <translation>只需联网登记一次，之后断网也能办公。</translation>
    </message>
    <message>
        <source>&amp;Enrolment code</source>
        <translation>登记码(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;New passphrase</source>
        <translation>新口令(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Repeat the passphrase</source>
        <translation>再次输入口令(&amp;R)</translation>
    </message>
    <message>
        <source>Check the code and the server&apos;s identity</source>
        <translation>核对登记码和服务器身份</translation>
    </message>
    <message>
        <source>Make the keys of this computer</source>
        <translation>生成本机密钥</translation>
    </message>
    <message>
        <source>Register with the hub</source>
        <translation>向枢纽登记</translation>
    </message>
    <message>
        <source>Make the encrypted store</source>
        <translation>建立加密数据</translation>
    </message>
    <message>
        <source>Enrolment code</source>
        <translation>登记码</translation>
    </message>
    <message>
        <source>Paste the whole code here, all lines of it</source>
        <translation>把登记码完整粘贴在这里</translation>
    </message>
    <message>
        <source>Strength of the passphrase</source>
        <translation>口令强度</translation>
    </message>
    <message>
        <source>The two passphrases differ. Type them again.</source>
        <translation>两次输入的口令不同，请重新输入。</translation>
    </message>
    <message>
        <source>At least 8 characters. A short sentence is easy to remember and hard to guess.</source>
        <translation>至少 8 个字符。用一句短话，好记又难猜。</translation>
    </message>
    <message>
        <source>Weak. Make it longer.</source>
        <translation>较弱，请再长一些。</translation>
    </message>
    <message>
        <source>Fair. A few more words make it strong.</source>
        <translation>尚可，再加几个字更强。</translation>
    </message>
    <message>
        <source>Strong.</source>
        <translation>很强。</translation>
    </message>
    <message>
        <source>Enrolling…</source>
        <translation>正在登记…</translation>
    </message>
    <message>
        <source>Hub: %1</source>
        <translation>枢纽：%1</translation>
    </message>
    <message>
        <source>Stop waiting</source>
        <translation>停止等待</translation>
    </message>
    <message>
        <source>You have another computer already, so this one must be approved. Approve it there, where a question appears, or ask two administrators. Compare these letters: %1</source>
        <translation>您已有另一台电脑，本机须经批准。请在那台电脑弹出的询问中批准，或请两名管理员批准。请核对字母：%1</translation>
    </message>
</context>
<context>
    <name>zt::widgets::ManagedMark</name>
    <message>
        <source>Managed by your organisation</source>
        <translation>由单位统一管理</translation>
    </message>
</context>
<context>
    <name>zt::widgets::NavList</name>
    <message>
        <source>%1, %2</source>
        <comment>folder, number of items</comment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>zt::widgets::RailButton</name>
    <message>
        <source>%1, %2</source>
        <comment>module, number of items</comment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>zt::widgets::SearchButton</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search everything on this computer</source>
        <translation>搜索本机全部内容</translation>
    </message>
    <message>
        <source>Search documents, matters, people</source>
        <translation>搜索公文、事项、人员</translation>
    </message>
</context>
<context>
    <name>zt::widgets::Shell</name>
    <message>
        <source>Modules</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Top bar</source>
        <translation>顶栏</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message numerus="yes">
        <source>Needs attention %n</source>
        <comment>pill in the top bar</comment>
        <translation>
            <numerusform>需处理 %n</numerusform>
        </translation>
    </message>
    <message>
        <source>Keys of this screen</source>
        <translation>本页按键</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索全部</translation>
    </message>
    <message>
        <source>Sync centre</source>
        <translation>同步中心</translation>
    </message>
    <message>
        <source>Next or previous pane</source>
        <translation>下一个或上一个窗格</translation>
    </message>
    <message>
        <source>Back or forward</source>
        <translation>后退或前进</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>本清单</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>zt::widgets::SkeletonRows</name>
    <message>
        <source>Loading</source>
        <translation>正在载入</translation>
    </message>
</context>
<context>
    <name>zt::widgets::UndoBar</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>zt::widgets::UnlockPage</name>
    <message>
        <source>&amp;Passphrase of this computer</source>
        <translation>本机口令(&amp;P)</translation>
    </message>
    <message>
        <source>Passphrase of this computer</source>
        <translation>本机口令</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Forgot passphrase</source>
        <translation>忘记口令</translation>
    </message>
    <message>
        <source>Enrol another person</source>
        <translation>登记另一人</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>The data on this computer are encrypted. You can unlock and work without the network.</source>
        <translation>本机数据已加密，断网也可以解锁和办公。</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>person, unit</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Last unlocked on this computer: %1</source>
        <translation>上次在本机解锁：%1</translation>
    </message>
    <message>
        <source>Unlocking…</source>
        <translation>正在解锁…</translation>
    </message>
    <message numerus="yes">
        <source>Try again in %n s</source>
        <comment>button, counts down</comment>
        <translation>
            <numerusform>%n 秒后可再试</numerusform>
        </translation>
    </message>
    <message>
        <source>Caps Lock is on</source>
        <translation>大写锁定已打开</translation>
    </message>
    <message>
        <source>This PC has been without its hub for longer than your organisation allows. Its content is locked; nothing was deleted, and it opens by itself when the hub is heard.</source>
        <translation>本机与枢纽失去联系的时间超过了本单位规定的期限，内容已锁定。没有删除任何内容，与枢纽恢复联系后自动开放。</translation>
    </message>
    <message>
        <source>Without the network: telephone your security administrator and read out</source>
        <translation>没有网络时：请致电安全管理员，并报出</translation>
    </message>
    <message>
        <source>To be read out</source>
        <translation>需报出的内容</translation>
    </message>
    <message>
        <source>&amp;Code you are told</source>
        <translation>对方告知的码(&amp;C)</translation>
    </message>
    <message>
        <source>Code you are told</source>
        <translation>对方告知的码</translation>
    </message>
    <message>
        <source>Open for a week</source>
        <translation>开放一周</translation>
    </message>
    <message>
        <source>Open with two administrators…</source>
        <translation>由两名管理员打开…</translation>
    </message>
</context>
<context>
    <name>zt::widgets::UserButton</name>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Account of %1</source>
        <translation>%1的账号</translation>
    </message>
</context>
<context>
    <name>zt::widgets::WelcomePage</name>
    <message>
        <source>The mark of Zhengtong, five strokes for five levels</source>
        <translation>正通标志，五笔代表五级</translation>
    </message>
    <message>
        <source>Province</source>
        <comment>one character in Chinese: 省</comment>
        <translation>省</translation>
    </message>
    <message>
        <source>City</source>
        <comment>one character in Chinese: 市</comment>
        <translation>市</translation>
    </message>
    <message>
        <source>County</source>
        <comment>one character in Chinese: 县</comment>
        <translation>县</translation>
    </message>
    <message>
        <source>Township</source>
        <comment>one character in Chinese: 乡</comment>
        <translation>乡</translation>
    </message>
    <message>
        <source>Village</source>
        <comment>one character in Chinese: 村</comment>
        <translation>村</translation>
    </message>
    <message>
        <source>Zhengtong</source>
        <translation>正通</translation>
    </message>
    <message>
        <source>One desk for province, city, county and village</source>
        <translation>省市县乡村，一张办公桌</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>表单</translation>
    </message>
    <message>
        <source>English</source>
        <comment>this language, in itself</comment>
        <translation>简体中文</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>版本 %1</translation>
    </message>
    <message>
        <source>Standard text</source>
        <translation>标准字号</translation>
    </message>
    <message>
        <source>Large text</source>
        <translation>大字</translation>
    </message>
    <message>
        <source>Extra large text</source>
        <translation>特大字</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
</context>
<context>
    <name>zt::widgets::errorText</name>
    <message>
        <source>Your data on this computer was not changed.</source>
        <translation>本机数据没有改动。</translation>
    </message>
    <message>
        <source>Nothing was stored on this computer.</source>
        <translation>本机没有存入任何内容。</translation>
    </message>
    <message>
        <source>Your words are kept on this computer.</source>
        <translation>您写的内容存在本机。</translation>
    </message>
    <message>
        <source>The original file was not changed.</source>
        <translation>原文件没有改动。</translation>
    </message>
    <message>
        <source>Your documents are not affected.</source>
        <translation>公文不受影响。</translation>
    </message>
    <message>
        <source>Everything is kept on this computer and will be sent later.</source>
        <translation>内容都在本机，稍后上传。</translation>
    </message>
    <message>
        <source>The earlier settings stay in force.</source>
        <translation>原设置继续有效。</translation>
    </message>
    <message>
        <source>That passphrase does not open this store. Check Caps Lock and the input method, then try again.</source>
        <translation>口令不对。请检查大写锁定和输入法后再试。</translation>
    </message>
    <message>
        <source>These data are already open in another Zhengtong window on this computer. Close that window and try again.</source>
        <translation>这份数据已在本机另一个正通窗口打开。请关闭那个窗口后再试。</translation>
    </message>
    <message>
        <source>The data file on this computer is damaged. It has been left as it is, and nothing was overwritten. Restore a backup, or ask the information centre to recover it.</source>
        <translation>本机数据文件已损坏，现已原样保留，没有覆盖。请恢复备份，或请信息中心协助恢复。</translation>
    </message>
    <message>
        <source>These data were written by a newer version of Zhengtong. Update the program, then open them again.</source>
        <translation>这份数据由更新版本的正通写入。请更新程序后再打开。</translation>
    </message>
    <message>
        <source>The data folder lies on a network drive, where it could be damaged. Choose a folder on this computer.</source>
        <translation>数据文件夹在网络磁盘上，可能损坏。请改用本机文件夹。</translation>
    </message>
    <message>
        <source>The data folder cannot be written. Ask for write permission or choose another folder.</source>
        <translation>数据文件夹不能写入。请申请写入权限，或改用其他文件夹。</translation>
    </message>
    <message>
        <source>This enrolment code is incomplete or mistyped. Copy the whole code again, every line of it.</source>
        <translation>登记码不完整或有误。请重新完整复制，每一行都要。</translation>
    </message>
    <message>
        <source>The server&apos;s identity does not match the enrolment code. Nothing was sent to it. Ask for a new code.</source>
        <translation>服务器身份与登记码不符，没有向它发送任何内容。请索取新的登记码。</translation>
    </message>
    <message>
        <source>This enrolment code has been used or has expired. Ask the information centre for a new one.</source>
        <translation>登记码已使用或已过期。请向信息中心索取新的登记码。</translation>
    </message>
    <message>
        <source>This person is already enrolled on this computer. Go back and unlock.</source>
        <translation>此人已在本机登记。请返回解锁。</translation>
    </message>
    <message>
        <source>The server does not answer. Enrolment needs the network once; check it and try again. The code stays valid.</source>
        <translation>服务器没有应答。登记需要联网一次，请检查网络后再试，登记码仍然有效。</translation>
    </message>
    <message>
        <source>The file is no longer where it was. Choose it again.</source>
        <translation>文件已不在原处。请重新选择。</translation>
    </message>
    <message>
        <source>The file is larger than 512 MB and cannot be attached. Split or compress it.</source>
        <translation>文件大于 512 MB，不能作为附件。请拆分或压缩。</translation>
    </message>
    <message>
        <source>The attachment was damaged on its way. The original is still on the server. Download it again.</source>
        <translation>附件在传输中损坏，原件仍在服务器上。请重新下载。</translation>
    </message>
    <message>
        <source>A file without content or with an unusable name cannot be attached. Check the file and rename it.</source>
        <translation>空文件或名称不可用的文件不能作为附件。请检查文件并改名。</translation>
    </message>
    <message>
        <source>The file was changed while it was being read. Save it, close it, and attach it again.</source>
        <translation>读取时文件被改动。请保存并关闭文件，再重新添加。</translation>
    </message>
    <message>
        <source>The file cannot be read. Check whether another program holds it, then attach it again.</source>
        <translation>文件读不出来。请检查是否被其他程序占用，再重新添加。</translation>
    </message>
    <message>
        <source>The server&apos;s identity could not be confirmed, so nothing was sent. Your work is kept here. Check the computer&apos;s clock, then ask the information centre.</source>
        <translation>无法确认服务器身份，没有发送任何内容，您的工作都在本机。请检查本机时钟，再询问信息中心。</translation>
    </message>
    <message>
        <source>This computer is no longer enrolled. Your unsent words are kept here. Ask the information centre for a new enrolment.</source>
        <translation>本机已不在登记之列，未上传的内容都在本机。请向信息中心申请重新登记。</translation>
    </message>
    <message>
        <source>Something filled in does not follow the rules. Check the marked fields.</source>
        <translation>有填写内容不合规则。请检查标出的栏目。</translation>
    </message>
    <message>
        <source>It is not there, or you may not see it. Refresh the list.</source>
        <translation>内容不存在，或您无权查看。请刷新列表。</translation>
    </message>
    <message>
        <source>Your post or mandate does not cover this. Ask the unit&apos;s administrator if it should.</source>
        <translation>您的职务或委托不包括此事。如有需要，请询问本单位管理员。</translation>
    </message>
    <message>
        <source>Your identity could not be confirmed. Lock and unlock, then try again.</source>
        <translation>无法确认您的身份。请锁定后重新解锁再试。</translation>
    </message>
    <message>
        <source>It is already there with other content. Open it to compare.</source>
        <translation>已有同名内容，但内容不同。请打开比较。</translation>
    </message>
    <message>
        <source>Somebody else acted in the meantime. Look at what changed, then decide again.</source>
        <translation>其间他人已办理。请查看变化后再决定。</translation>
    </message>
    <message>
        <source>Stored data failed its check and was not used. It will be fetched from the server again.</source>
        <translation>存储的数据未通过检查，没有使用，将重新从服务器获取。</translation>
    </message>
    <message>
        <source>This was written by a newer version. Update the program to work on it.</source>
        <translation>这由更新版本写入。请更新程序后办理。</translation>
    </message>
    <message>
        <source>It is larger than allowed. Shorten or split it.</source>
        <translation>内容超过限制。请缩短或拆分。</translation>
    </message>
    <message>
        <source>Somebody else is using it right now. Try again in a moment.</source>
        <translation>正在被他人使用，请稍后再试。</translation>
    </message>
    <message>
        <source>The disk of this computer is full. Free some space, then try again.</source>
        <translation>本机磁盘已满。请清理空间后再试。</translation>
    </message>
    <message>
        <source>The place cannot be written. Choose another folder or ask for permission.</source>
        <translation>该位置不能写入。请改用其他文件夹，或申请权限。</translation>
    </message>
    <message>
        <source>The disk did not read or write. Try again; if it happens again, back up and have the disk checked.</source>
        <translation>磁盘读写没有成功。请再试；如再次出现，请备份并检查磁盘。</translation>
    </message>
    <message>
        <source>The place lies on a network drive. Choose a folder on this computer.</source>
        <translation>该位置在网络磁盘上。请改用本机文件夹。</translation>
    </message>
    <message>
        <source>The server does not answer. You can go on working; it is tried again by itself.</source>
        <translation>服务器没有应答。您可以继续工作，系统会自动重试。</translation>
    </message>
    <message>
        <source>Stopped as you asked. You can start it again at any time.</source>
        <translation>已按您的要求停止，可随时重新开始。</translation>
    </message>
    <message>
        <source>This version of the program does not know that kind of data. Update the program.</source>
        <translation>本版本程序不认识这类数据。请更新程序。</translation>
    </message>
    <message>
        <source>The program made a mistake. Make a diagnostic bundle in the settings and send it to the information centre.</source>
        <translation>程序出错。请在设置中生成诊断文件，交给信息中心。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>%1 what happened and what to do, %2 what is safe; Chinese joins them without a space</extracomment>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>This computer was not admitted: it was refused, or the person may not enrol. Ask the information centre.</source>
        <translation>本机未获准入：登记被拒绝，或本人不得登记。请联系信息中心。</translation>
    </message>
    <message>
        <source>This store opens only together with a secret that this computer&apos;s keyring no longer holds: the keyring was emptied, or made anew with a new login password, or the store comes from another computer. Two administrators can open it; nothing was deleted, unsent work included.</source>
        <translation>打开本机数据所需的密钥已不在系统密钥环中：密钥环被清空，或重设登录密码后重建，或数据来自另一台电脑。可由两名管理员共同打开；内容没有删除，未上传的工作也在。</translation>
    </message>
    <message>
        <source>This store opens only together with this computer&apos;s keyring, and that answered with an error. Log out of the computer and in again, then try once more; if it does not help, ask the information centre. Nothing was deleted.</source>
        <translation>本机数据须与系统密钥环一起打开，而密钥环返回了错误。请注销后重新登录电脑再试；仍不行，请联系信息中心。内容没有删除。</translation>
    </message>
    <message>
        <source>This store opens only together with this computer&apos;s keyring, and no keyring service is running. Log out of the computer and in again; if that does not help, ask the information centre. Nothing was deleted.</source>
        <translation>本机数据须与系统密钥环一起打开，而密钥环服务没有运行。请注销后重新登录电脑；仍不行，请联系信息中心。内容没有删除。</translation>
    </message>
    <message>
        <source>This store opens only together with this computer&apos;s keyring, and that is locked or was refused. Unlock it with the computer&apos;s login password (after a change, the old one), then try again. If it cannot be unlocked any more, two administrators can open the store. Nothing was deleted.</source>
        <translation>本机数据须与系统密钥环一起打开，而密钥环未解锁或拒绝了请求。请用电脑登录密码解锁密钥环（密码改过的，用原密码），再试一次。确实无法解锁的，可由两名管理员打开。内容没有删除。</translation>
    </message>
</context>
<context>
    <name>zt::workbench::HomePage</name>
    <message>
        <source>Home</source>
        <translation>工作台</translation>
    </message>
    <message>
        <source>New draft</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>收文</translation>
    </message>
    <message>
        <source>Nothing received yet</source>
        <translation>尚未收到公文</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>拟稿</translation>
    </message>
    <message>
        <source>No drafts</source>
        <translation>没有草稿</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>待办</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>All that is to do</source>
        <translation>全部待办</translation>
    </message>
    <message>
        <source>Everything is done</source>
        <translation>待办已全部办完</translation>
    </message>
    <message>
        <source>New documents appear here by themselves.</source>
        <translation>新公文到达后自动显示在这里。</translation>
    </message>
    <message>
        <source>All: %1</source>
        <comment>link to a folder</comment>
        <translation>全部：%1</translation>
    </message>
    <message>
        <source>Sync centre</source>
        <translation>同步中心</translation>
    </message>
    <message>
        <source>dddd, MMMM d</source>
        <comment>date at the top of the home page, Qt format; Chinese: M月d日 dddd</comment>
        <translation>M月d日 dddd</translation>
    </message>
    <message>
        <source>The tasks could not be read</source>
        <translation>待办没有读出</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between two facts</comment>
        <translation>，</translation>
    </message>
    <message numerus="yes">
        <source>%n acts need your attention.</source>
        <translation>
            <numerusform>%n 项办理需处理。</numerusform>
        </translation>
    </message>
</context>
</TS>
