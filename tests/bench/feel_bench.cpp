// FEEL and decision tables, in one thread. bench_feel evaluate INPUTS SECONDS | bench_feel table ROWS SECONDS
// INPUTS: lines of expression, tab, context in JSON (which is FEEL as well). Prints key=value.
#include "zt/dmn/dmn.h"
#include "zt/feel/feel.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using namespace zt;

namespace {

//! Runs `one(i)` for about so long; calls a second.
template <class F>
double rate(double seconds, std::size_t n, F one)
{
    const auto start = std::chrono::steady_clock::now();
    std::size_t done = 0;
    double took = 0;
    do {
        for (std::size_t i = 0; i < n; ++i) one(i);
        done += n;
        took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    } while (took < seconds);
    return double(done) / took;
}

int evaluateAll(const char* file, double seconds)
{
    std::ifstream in(file);
    std::vector<std::string> texts;
    std::vector<feel::Expression> expressions;
    std::vector<feel::Value> contexts;
    feel::Run run;
    for (std::string line; std::getline(in, line);) {
        const auto tab = line.find('\t');
        const auto e = feel::parse(line.substr(0, tab));
        const auto c = feel::parse(line.substr(tab + 1));
        if (!e || !c) {
            std::cerr << "does not parse: " << line << '\n';
            return 1;
        }
        texts.push_back(line.substr(0, tab));
        expressions.push_back(*e);
        contexts.push_back(feel::evaluate(*c, feel::ContextScope(feel::Value::context({})), run));
        if (feel::evaluate(*e, feel::ContextScope(contexts.back()), run).isNull()) std::cerr << "gives null: " << line << '\n';
    }
    if (texts.empty()) return 1;
    const double evaluations = rate(seconds, texts.size(), [&](std::size_t i) {
        feel::Run r;
        (void)feel::evaluate(expressions[i], feel::ContextScope(contexts[i]), r);
    });
    const double both = rate(seconds, texts.size(), [&](std::size_t i) {
        feel::Run r;
        const auto e = feel::parse(texts[i]);
        (void)feel::evaluate(*e, feel::ContextScope(contexts[i]), r);
    });
    std::printf("evaluate_per_s=%.0f\nparse_evaluate_per_s=%.0f\n", evaluations, both);
    return 0;
}

int table(std::size_t rows, double seconds)
{
    std::string xml = "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" namespace=\"urn:m\"><inputData id=\"a\" name=\"amount\"><variable name=\"amount\" typeRef=\"number\"/></inputData>"
                      "<inputData id=\"k\" name=\"kind\"><variable name=\"kind\" typeRef=\"string\"/></inputData><inputData id=\"u\" name=\"urgent\"><variable name=\"urgent\" typeRef=\"boolean\"/></inputData><decision id=\"d\" name=\"d\"><variable name=\"d\"/>"
                      "<informationRequirement><requiredInput href=\"#a\"/></informationRequirement><informationRequirement><requiredInput href=\"#k\"/></informationRequirement><informationRequirement><requiredInput href=\"#u\"/></informationRequirement>"
                      "<decisionTable hitPolicy=\"UNIQUE\"><input><inputExpression><text>amount</text></inputExpression></input><input><inputExpression><text>kind</text></inputExpression></input><input><inputExpression><text>urgent</text></inputExpression></input><output/>";
    for (std::size_t i = 0; i < rows; ++i)
        xml += "<rule><inputEntry><text>[" + std::to_string(i / 20 * 100) + ".." + std::to_string(i / 20 * 100 + 100) + ")</text></inputEntry><inputEntry><text>\"k" + std::to_string(i / 2 % 10) + "\"</text></inputEntry><inputEntry><text>"
            + (i % 2 ? "true" : "false") + "</text></inputEntry><outputEntry><text>\"r" + std::to_string(i) + "\"</text></outputEntry></rule>";
    xml += "</decisionTable></decision></definitions>";
    const auto start = std::chrono::steady_clock::now();
    const auto model = dmn::Model::read(xml);
    const double read = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!model || !model->findings().empty()) {
        std::cerr << (model ? model->findings()[0].text : model.error().detail) << '\n';
        return 1;
    }
    std::vector<feel::Value> inputs;
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < 97; ++i) {
        const std::size_t r = i * 7919 % rows;
        inputs.push_back(feel::Value::context({{"amount", feel::Value::number(std::int64_t(r / 20 * 100 + i))}, {"kind", feel::Value::string("k" + std::to_string(r / 2 % 10))}, {"urgent", feel::Value::boolean(r % 2)}}));
        expected.push_back("\"r" + std::to_string(r) + "\"");
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        feel::Run run;
        if (feel::toString(*model->decide("d", inputs[i], run)) != expected[i]) {
            std::cerr << "case " << i << " gives something else than " << expected[i] << '\n';
            return 1;
        }
    }
    const double perSecond = rate(seconds, inputs.size(), [&](std::size_t i) {
        feel::Run run;
        (void)model->decide("d", inputs[i], run);
    });
    std::printf("table_us=%.3f\nread_ms=%.2f\n", 1e6 / perSecond, read * 1e3);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 4 && std::string(argv[1]) == "evaluate") return evaluateAll(argv[2], std::atof(argv[3]));
    if (argc == 4 && std::string(argv[1]) == "table") return table(std::size_t(std::atol(argv[2])), std::atof(argv[3]));
    std::cerr << "bench_feel evaluate INPUTS SECONDS | bench_feel table ROWS SECONDS\n";
    return 2;
}
