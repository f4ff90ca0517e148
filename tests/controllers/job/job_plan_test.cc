#include "controllers/job/job_plan.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

const sim::Time kNow{std::chrono::hours(1000)};

JobPod Pod(std::string name, PodPhase phase, std::optional<int> index = {}) {
  const Value value = Object{{"metadata", Object{{"name", name}, {"uid", name}}}};
  PodSummary summary;
  summary.phase = phase;
  summary.completion_index = index;
  JobPod pod;
  pod.entry = std::make_shared<const PodInformer::Entry>(
      PodInformer::Entry{apiserver::StoredObject::Make(value, 1), summary});
  pod.has_finalizer = true;
  pod.is_failed = phase == PodPhase::kFailed;
  pod.index = index;
  pod.finished_at = kNow;
  return pod;
}

JobView Job(int completions, int parallelism) {
  JobView job;
  job.completions = completions;
  job.parallelism = parallelism;
  return job;
}

JobAssessment Assess(const JobView& job, std::vector<JobPod> pods, JobStatus status = {}) {
  static const std::set<std::string> kNoneReleased;
  return AssessJob({job, status, std::move(pods), kNoneReleased, {}, kNow});
}

TEST(PlanJob, RunsAtMostParallelismAndWhatIsLeft) {
  struct Case {
    const char* name;
    JobView job;
    std::vector<JobPod> pods;
    int create, remove;
  };
  const JobPod running = Pod("r", PodPhase::kRunning), running2 = Pod("r2", PodPhase::kRunning);
  const JobPod done = Pod("s", PodPhase::kSucceeded);
  JobView suspended = Job(3, 2);
  suspended.is_suspended = true;
  JobView work_queue = Job(0, 3);
  work_queue.completions.reset();
  const std::vector<Case> cases = {
      {"fresh", Job(5, 2), {}, 2, 0},
      {"one runs", Job(5, 2), {running}, 1, 0},
      {"the last one", Job(2, 2), {done}, 1, 0},
      {"too many", Job(2, 2), {running, running2, done}, 0, 1},
      {"suspended", suspended, {running, running2}, 0, 2},
      {"work queue, nobody done", work_queue, {running}, 2, 0},
      {"work queue, one done", work_queue, {running, done}, 0, 0},
  };
  for (const Case& c : cases) {
    const JobStep step = PlanJob(c.job, Assess(c.job, c.pods), kNow);
    EXPECT_EQ(step.create_count, c.create) << c.name;
    EXPECT_EQ(static_cast<int>(step.deletions.size()), c.remove) << c.name;
  }
}

TEST(PlanJob, WaitsLongerAfterEachFailure) {
  const JobView job = Job(1, 1);
  const JobStep one = PlanJob(job, Assess(job, {Pod("f", PodPhase::kFailed)}), kNow);
  EXPECT_EQ(one.create_after, sim::Duration(std::chrono::seconds(10)));
  const JobStep two =
      PlanJob(job, Assess(job, {Pod("f", PodPhase::kFailed), Pod("g", PodPhase::kFailed)}), kNow);
  EXPECT_EQ(two.create_after, sim::Duration(std::chrono::seconds(20)));
}

TEST(PlanJob, AnIndexedJobFillsTheLowestFreeIndexes) {
  JobView job = Job(5, 3);
  job.is_indexed = true;
  const JobAssessment assessment =
      Assess(job, {Pod("a", PodPhase::kRunning, 1), Pod("b", PodPhase::kSucceeded, 0)});
  EXPECT_EQ(PlanJob(job, assessment, kNow).create_indexes, (std::vector<int>{2, 3}));
}

TEST(AssessJob, FindsWhyAJobEnds) {
  JobView job = Job(1, 1);
  job.backoff_limit = 0;
  EXPECT_FALSE(Assess(job, {}).finished);
  const auto exceeded = Assess(job, {Pod("f", PodPhase::kFailed)}).finished;
  ASSERT_TRUE(exceeded);
  EXPECT_EQ(exceeded->reason, "BackoffLimitExceeded");
  job.backoff_limit = 6;
  job.active_deadline_seconds = 10;
  JobStatus status;
  status.start_time = "1970-02-11T15:59:50Z";  // ten seconds before kNow
  const auto late = Assess(job, {}, status).finished;
  ASSERT_TRUE(late);
  EXPECT_EQ(late->reason, "DeadlineExceeded");
}

TEST(TrackJobPods, AnIgnoredFailureIsFreedButNotCounted) {
  const JobView job = Job(1, 1);
  JobPod ignored = Pod("i", PodPhase::kFailed);
  ignored.match.action = FailureAction::kIgnore;
  const JobAssessment assessment =
      Assess(job, {ignored, Pod("f", PodPhase::kFailed), Pod("s", PodPhase::kSucceeded)});
  const JobTracking tracking = TrackJobPods(job, {}, assessment, {});
  EXPECT_EQ(tracking.releases.size(), 3u);
  EXPECT_EQ(tracking.failed_uids, std::vector<std::string>{"f"});
  EXPECT_EQ(tracking.succeeded_uids, std::vector<std::string>{"s"});
}

TEST(IndexSet, ReadsAndWritesRanges) {
  IndexSet set = IndexSet::Parse("0-2,5,9", 9);
  EXPECT_EQ(set.Text(), "0-2,5") << "9 is beyond the limit";
  set.Add(3);
  set.Add(4);
  EXPECT_EQ(set.Text(), "0-5");
  set.Add(7);
  set.Add(8);
  EXPECT_EQ(set.Text(), "0-5,7,8") << "two in a row are no range";
  EXPECT_EQ(set.count(), 8);
  EXPECT_TRUE(set.Contains(8));
  EXPECT_FALSE(set.Contains(6));
}

}  // namespace
}  // namespace controllers
