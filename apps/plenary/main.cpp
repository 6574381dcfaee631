#include "app/main.hpp"

int main(int argc, char** argv) { return plenary::app::Main(argc, argv); }
