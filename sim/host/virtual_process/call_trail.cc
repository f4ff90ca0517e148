#include "sim/host/virtual_process/call_trail.h"

#include <signal.h>

#include <cstring>
#include <deque>
#include <optional>

#include "sim/host/virtual_process/trapped_calls.h"
#include "sim/time_text.h"

namespace sim::virtual_process {
namespace {

constexpr std::size_t kShownBefore = 3;
constexpr std::size_t kShownAfter = 3;

using File = std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;

std::optional<CallRecord> Next(const File& file) {
  CallRecord record;
  if (!file || std::fread(&record, sizeof record, 1, file.get()) != 1) return std::nullopt;
  return record;
}

std::string ResultText(const CallRecord& record) {
  switch (record.result) {
    case CallRecord::Result::kAnswer:
      return "answered " + std::to_string(record.value);
    case CallRecord::Result::kContinue:
      return "goes to the machine";
    case CallRecord::Result::kHold:
      return "waits";
    case CallRecord::Result::kYield:
      return "hands on its turn";
  }
  return "";
}

std::string WhatText(const CallRecord& record) {
  const std::string thread = "thread " + std::to_string(record.thread);
  const std::string connection = "connection " + std::to_string(record.thread);
  const std::string value = std::to_string(record.value);
  switch (record.kind) {
    case CallRecord::Kind::kCall:
    case CallRecord::Kind::kLateCall: {
      const std::string call =
          std::string(CallName(record.call)) + "(" + std::to_string(record.argument) + ", ...)";
      const bool is_late = record.kind == CallRecord::Kind::kLateCall;
      return thread + ": " + call + (is_late ? " ends its wait, " : " ") + ResultText(record);
    }
    case CallRecord::Kind::kResume:
      return thread + ": goes on" +
             (record.call == 0 ? "" : ", with signal " + std::to_string(record.call));
    case CallRecord::Kind::kBirth:
      return thread + ": begins, a child of thread " + value;
    case CallRecord::Kind::kExecute:
      return thread + ": executes " + std::string(record.text.data(), record.text.size()).c_str();
    case CallRecord::Kind::kEnd:
      return thread + ": ends";
    case CallRecord::Kind::kBlock:
      return thread + ": waits in call " + std::to_string(record.call);
    case CallRecord::Kind::kSent:
      return connection + ": " + value + " bytes to the server";
    case CallRecord::Kind::kDelivered:
      return connection + ": " + value + " bytes from the server";
    case CallRecord::Kind::kReady:
      return "descriptors are ready for " + value + " threads";
    case CallRecord::Kind::kTime:
      return "all wait: time goes on";
  }
  return "";
}

}  // namespace

CallTrail::CallTrail(const std::string& path)
    : file_(path.empty() ? nullptr : std::fopen(path.c_str(), "we")) {}

void CallTrail::Write(const CallRecord& record) {
  if (++count_ > kRecordsMax) return;
  std::fwrite(&record, sizeof record, 1, file_.get());
}

void CallTrail::Flush() {
  if (file_) std::fflush(file_.get());
}

std::string CallText(const CallRecord& record) {
  return TimeText(Time(Duration(record.time))) + "  " + WhatText(record);
}

TrailParting CompareTrails(const std::string& first, const std::string& later) {
  const File files[] = {File(std::fopen(first.c_str(), "re")),
                        File(std::fopen(later.c_str(), "re"))};
  std::deque<CallRecord> both;
  auto in_first = Next(files[0]);
  auto in_later = Next(files[1]);
  while (in_first && in_first == in_later) {
    both.push_back(*in_first);
    if (both.size() > kShownBefore) both.pop_front();
    in_first = Next(files[0]);
    in_later = Next(files[1]);
  }
  TrailParting parting;
  if (!in_first && !in_later) return parting;
  parting.time =
      std::min(in_first ? in_first->time : INT64_MAX, in_later ? in_later->time : INT64_MAX);
  for (const CallRecord& record : both) parting.lines.push_back("both:  " + CallText(record));
  const auto show = [&](const std::string& title, std::optional<CallRecord> next,
                        const File& file) {
    if (!next) parting.lines.push_back(title + "(nothing more)");
    for (std::size_t count = 0; next && count < kShownAfter; ++count, next = Next(file)) {
      parting.lines.push_back(title + CallText(*next));
    }
  };
  show("first: ", in_first, files[0]);
  show("later: ", in_later, files[1]);
  return parting;
}

}  // namespace sim::virtual_process
