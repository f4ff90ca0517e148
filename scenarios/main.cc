#include "scenarios/command_line.h"

int main(int argc, char** argv) { return scenarios::RunCommandLine(argc, argv); }
