//! The peer of F1-F3: Xapian with n-grams of Chinese characters over the same texts. bench_xapian DIR MATTERS
#include "texts.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <vector>
#include <xapian.h>

static double nowMs() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

static void ask(Xapian::Enquire& enquire, Xapian::QueryParser& parser, const char* name, bool ranked, bool phrase)
{
    bench::Draw draw(phrase ? 780 : 779);
    std::vector<double> ms;
    for (int i = 0; i < 400; ++i) {
        std::string q;
        if (phrase) q = std::string(draw.word()) + draw.word();
        else q = bench::kWords[20 + draw.next() % 160];
        const double at = nowMs();
        enquire.set_query(parser.parse_query("\"" + q + "\"", Xapian::QueryParser::FLAG_PHRASE | Xapian::QueryParser::FLAG_CJK_NGRAM));
        if (ranked) {
            enquire.set_weighting_scheme(Xapian::BM25Weight());
            enquire.set_docid_order(Xapian::Enquire::ASCENDING);
        } else {
            enquire.set_weighting_scheme(Xapian::BoolWeight());
            enquire.set_docid_order(Xapian::Enquire::DESCENDING);
        }
        const auto hits = enquire.get_mset(0, 50);
        if (i >= 100) ms.push_back(nowMs() - at);
    }
    std::sort(ms.begin(), ms.end());
    std::printf("%s_p50_ms=%.4f\n%s_p99_ms=%.4f\n", name, ms[ms.size() / 2], name, ms[ms.size() * 99 / 100]);
}

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    const int count = std::atoi(argv[2]);
    const double from = nowMs();
    {
        Xapian::WritableDatabase db(argv[1], Xapian::DB_CREATE_OR_OVERWRITE);
        Xapian::TermGenerator terms;
        terms.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
        for (int i = 0; i < count; ++i) {
            const auto text = bench::document(uint32_t(i));
            Xapian::Document d;
            terms.set_document(d);
            terms.set_termpos(0);
            terms.index_text(text.title);
            terms.increase_termpos();
            terms.index_text(text.body);
            db.add_document(d);
        }
        db.commit();
    }
    double bytes = 0;
    for (const auto& f : std::filesystem::directory_iterator(argv[1])) bytes += double(f.file_size());
    std::printf("build_s=%.3f\nbuild_cpu_s=%.3f\nindex_mb=%.1f\n", (nowMs() - from) / 1000, double(std::clock()) / CLOCKS_PER_SEC, bytes / 1e6);
    std::fflush(stdout);
    Xapian::Database db(argv[1]);
    Xapian::Enquire enquire(db);
    Xapian::QueryParser parser;
    parser.set_database(db);
    parser.set_default_op(Xapian::Query::OP_AND);
    ask(enquire, parser, "word_newest", false, false);
    ask(enquire, parser, "word_ranked", true, false);
    ask(enquire, parser, "phrase_newest", false, true);
    ask(enquire, parser, "phrase_ranked", true, true);
    return 0;
}
