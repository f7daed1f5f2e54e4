// Evaluates FEEL, one expression a line from stdin, in the scope given as a context literal; prints the value as a literal, or `! why` where it does not parse.
#include "feel_test.h"

using namespace zt::feel;

int main(int argc, char** argv)
{
    const std::string scope = argc > 1 ? argv[1] : "{}";
    for (std::string line; std::getline(std::cin, line);) std::cout << [&] {
            const std::string s = eval(line, scope);
            return s.substr(0, 2) == "? " ? "! " + s.substr(2) : s;
        }() << '\n';
    return 0;
}
