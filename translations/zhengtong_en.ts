<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>zt::app::SettingsPage</name>
    <message numerus="yes">
        <source>%n min</source>
        <translation>
            <numerusform>%n min</numerusform>
            <numerusform>%n min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Your organisation allows at most %n min</source>
        <translation>
            <numerusform>Your organisation allows at most %n minute</numerusform>
            <numerusform>Your organisation allows at most %n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::app::Tray</name>
    <message numerus="yes">
        <source>Zhengtong: %n task(s) to do</source>
        <translation>
            <numerusform>Zhengtong: %n task to do</numerusform>
            <numerusform>Zhengtong: %n tasks to do</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::ComposeWindow</name>
    <message numerus="yes">
        <source>%n characters</source>
        <translation>
            <numerusform>%n character</numerusform>
            <numerusform>%n characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Check: %n to complete</source>
        <translation>
            <numerusform>Check: %n to complete</numerusform>
            <numerusform>Check: %n to complete</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::DirectoryPage</name>
    <message numerus="yes">
        <source>%1, %n people</source>
        <translation>
            <numerusform>%1, %n person</numerusform>
            <numerusform>%1, %n people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n people</source>
        <translation>
            <numerusform>%n person</numerusform>
            <numerusform>%n people</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::DraftModel</name>
    <message numerus="yes">
        <source>%n recipients</source>
        <translation>
            <numerusform>%n recipient</numerusform>
            <numerusform>%n recipients</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::OpinionPanel</name>
    <message numerus="yes">
        <source>%n characters</source>
        <translation>
            <numerusform>%n character</numerusform>
            <numerusform>%n characters</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::ProcessView</name>
    <message numerus="yes">
        <source>%1 of %n units have signed for it</source>
        <translation>
            <numerusform>%1 of %n unit has signed for it</numerusform>
            <numerusform>%1 of %n units have signed for it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::RowsModel</name>
    <message numerus="yes">
        <source>%n attachments</source>
        <translation>
            <numerusform>%n attachment</numerusform>
            <numerusform>%n attachments</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::SyncCentrePage</name>
    <message numerus="yes">
        <source>This PC&apos;s clock differs from the hub&apos;s by %n minutes.</source>
        <translation>
            <numerusform>This PC&apos;s clock differs from the hub&apos;s by %n minute.</numerusform>
            <numerusform>This PC&apos;s clock differs from the hub&apos;s by %n minutes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Next attempt in %n s.</source>
        <translation>
            <numerusform>Next attempt in %n s.</numerusform>
            <numerusform>Next attempt in %n s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::TimelineModel</name>
    <message numerus="yes">
        <source>to %n units</source>
        <translation>
            <numerusform>to %n units</numerusform>
            <numerusform>to %n units</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::UnitField</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::UnitPicker</name>
    <message numerus="yes">
        <source>%n units chosen</source>
        <translation>
            <numerusform>%n unit chosen</numerusform>
            <numerusform>%n units chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::VersionsView</name>
    <message numerus="yes">
        <source>%n changes. Added words are underlined, removed ones struck.</source>
        <translation>
            <numerusform>%n changes. Added words are underlined, removed ones struck.</numerusform>
            <numerusform>%n changes. Added words are underlined, removed ones struck.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::document_ui::Words</name>
    <message numerus="yes">
        <source>%n to send</source>
        <translation>
            <numerusform>%n to send</numerusform>
            <numerusform>%n to send</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Sending %n items</source>
        <translation>
            <numerusform>Sending %n item</numerusform>
            <numerusform>Sending %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>%n min ago</numerusform>
            <numerusform>%n min ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h ago</source>
        <translation>
            <numerusform>%n h ago</numerusform>
            <numerusform>%n h ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n d ago</source>
        <translation>
            <numerusform>%n d ago</numerusform>
            <numerusform>%n d ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>overdue by %n d</source>
        <translation>
            <numerusform>overdue by %n d</numerusform>
            <numerusform>overdue by %n d</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::widgets::Shell</name>
    <message numerus="yes">
        <source>Needs attention %n</source>
        <comment>pill in the top bar</comment>
        <translation>
            <numerusform>Needs attention %n</numerusform>
            <numerusform>Needs attention %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::widgets::UnlockPage</name>
    <message numerus="yes">
        <source>Try again in %n s</source>
        <comment>button, counts down</comment>
        <translation>
            <numerusform>Try again in %n s</numerusform>
            <numerusform>Try again in %n s</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zt::workbench::HomePage</name>
    <message numerus="yes">
        <source>%n acts need your attention.</source>
        <translation>
            <numerusform>%n acts need your attention.</numerusform>
            <numerusform>%n acts need your attention.</numerusform>
        </translation>
    </message>
</context>
</TS>
