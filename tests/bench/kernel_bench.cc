// Events and tasks per second. The target of the design: more than 3 million events/s at -O2.
#include <benchmark/benchmark.h>

#include "sim/kernel.h"
#include "sim/one_shot.h"
#include "sim/task.h"

namespace sim {
namespace {

// `range` events wait all the time; each run schedules its successor at a random later time.
void ScheduleAndRun(benchmark::State& state) {
  Kernel kernel(KernelOptions{});
  Random random(1);
  struct Step {
    Kernel& kernel;
    Random& random;
    void operator()() {
      kernel.After(Duration(random.Uniform(1, 1'000'000)), Lane::kNode, "bench.event",
                   "default/pod-12345", *this);
    }
  };
  for (std::int64_t index = 0; index < state.range(0); ++index) Step{kernel, random}();
  for (auto _ : state) kernel.RunNext();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ScheduleAndRun)->Arg(10)->Arg(1'000)->Arg(100'000);

void PostAtOneInstant(benchmark::State& state) {
  Kernel kernel(KernelOptions{});
  for (auto _ : state) {
    kernel.AcceptInput("bench.input", "", [] {});
    for (int index = 0; index < 500; ++index) {
      kernel.Post(Lane::kWatch, "bench.event", "default/pod", [] {});
    }
    while (kernel.RunNext()) {
    }
  }
  state.SetItemsProcessed(state.iterations() * 501);
}
BENCHMARK(PostAtOneInstant);

Task<> SleepsForEver(Kernel* kernel, std::string key) {
  for (;;) co_await kernel->Sleep(Duration(1'000), Lane::kNode, "bench.sleep", key);
}

void TaskSleeps(benchmark::State& state) {
  Kernel kernel(KernelOptions{});
  std::vector<Task<>> tasks;
  for (std::int64_t index = 0; index < state.range(0); ++index) {
    tasks.push_back(SleepsForEver(&kernel, "pod-" + std::to_string(index)));
  }
  for (auto _ : state) kernel.RunNext();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TaskSleeps)->Arg(10)->Arg(10'000);

Task<int> Answers(int value) { co_return value; }
Task<int> Asks(int value) {
  const int answer = co_await Answers(value);
  co_return answer + 1;
}

void TasksThatNeedNotWait(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) value = Asks(value).Take();
  benchmark::DoNotOptimize(value);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TasksThatNeedNotWait);

void TaskWakeUps(benchmark::State& state) {
  for (auto _ : state) {
    OneShot<int> shot;
    Task<int> task = [](OneShot<int> awaited) -> Task<int> {
      const int value = co_await awaited;
      co_return value;
    }(shot);
    shot.Set(1);
    benchmark::DoNotOptimize(task.Take());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TaskWakeUps);

void RandomNumbers(benchmark::State& state) {
  Random random(1);
  for (auto _ : state) benchmark::DoNotOptimize(random.Uniform(0, 4'999'999));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(RandomNumbers);

}  // namespace
}  // namespace sim
