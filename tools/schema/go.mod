module orrery/tools/schema

go 1.24
