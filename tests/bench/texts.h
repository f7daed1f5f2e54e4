#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

//! Office texts of the bench: document number n is the same for us and for every peer. Title of about 15 characters, body of about 200, words drawn
//! so that a few are common, as in real files. No project header: the peers' programmes use it too.
namespace bench {

inline const char* const kWords[] = {
    "关于", "印发", "通知", "审批", "办公厅", "省政府", "人民政府", "财政厅", "教育厅", "意见", "批示", "请示", "报告", "公文", "流转", "会议", "纪要", "督办", "落实", "工作",
    "方案", "实施", "细则", "管理", "办法", "规定", "暂行", "征求", "反馈", "汇总", "材料", "报送", "时限", "要求", "各市", "部门", "单位", "负责人", "签发", "拟稿",
    "核稿", "会签", "归档", "密级", "紧急", "程度", "主送", "抄送", "机关", "事业", "预算", "执行", "情况", "检查", "整改", "问题", "清单", "责任", "分工", "推进",
    "项目", "建设", "投资", "资金", "拨付", "绩效", "评价", "审计", "监督", "纪检", "人事", "任免", "干部", "培训", "考核", "年度", "季度", "月度", "总结", "计划",
    "部署", "重点", "任务", "民生", "保障", "医疗", "卫生", "教育", "就业", "住房", "养老", "社会", "救助", "乡村", "振兴", "农业", "农村", "水利", "防汛", "抗旱",
    "应急", "预案", "安全", "生产", "环境", "保护", "生态", "污染", "治理", "交通", "运输", "公路", "铁路", "规划", "自然", "资源", "土地", "征收", "补偿", "信访",
    "接待", "政务", "公开", "数据", "共享", "平台", "系统", "网络", "信息化", "数字", "政府", "服务", "大厅", "窗口", "事项", "办理", "流程", "优化", "营商", "企业",
    "税收", "减免", "政策", "解读", "新闻", "发布", "宣传", "文化", "旅游", "体育", "科技", "创新", "人才", "引进", "国有", "资产", "改革", "试点", "示范", "验收",
    "评估", "专家", "论证", "听证", "公示", "期限", "依据", "法律", "法规", "规章", "文件", "精神", "贯彻", "学习", "领导", "小组", "成员", "调整", "机构", "编制",
    "职能", "转变", "协调", "联席", "制度", "机制", "长效", "常态", "巡查", "整顿", "作风", "效能", "群众", "满意度", "调查", "统计", "分析", "研判", "形势", "风险"};
constexpr int kWordCount = int(sizeof kWords / sizeof *kWords);

class Draw {
public:
    explicit Draw(uint64_t seed) : m_state(seed * 0x9E3779B97F4A7C15ull + 88172645463325252ull) {}
    uint32_t next()
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return uint32_t(m_state >> 32);
    }
    //! Low numbers more often: the commonest word is in most documents, the rarest in few.
    const char* word()
    {
        const double u = double(next() & 0xffffff) / 16777216.0;
        return kWords[int(kWordCount * u * u)];
    }

private:
    uint64_t m_state;
};

struct Text {
    std::string title, body;
};

inline Text document(uint32_t n)
{
    static const char* const kStops[] = {"，", "。", "；", "、"};
    Draw draw(n + 1);
    Text t;
    t.title = "关于";
    for (int i = 0; i < 5; ++i) t.title += draw.word();
    t.title += "的通知";
    for (int i = 0; i < 90; ++i) {
        t.body += draw.word();
        if (i % 5 == 4) t.body += kStops[draw.next() & 3];
    }
    char number[40];
    std::snprintf(number, sizeof number, "第%u号", n * 7919u % 1000003u);
    t.body += number;
    return t;
}

} // namespace bench
