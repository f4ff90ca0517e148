#include "sim/journal.h"

#include <utility>

#include "sim/byte_codec.h"
#include "sim/check.h"
#include "sim/digest.h"
#include "sim/journal_stream.h"

namespace sim {
namespace {

constexpr std::string_view kMagic = "ORRERYJ\n";
constexpr std::size_t kFrameHeadBytes = 5;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kFilesMax = 100'000;

enum class FrameType : std::uint8_t { kHeader = 1, kRecord = 2, kEnd = 3 };

struct Frame {
  FrameType type;
  std::string payload;
};

std::int64_t Nanoseconds(Time time) { return time.time_since_epoch().count(); }
Time TimeOfNanoseconds(std::int64_t count) { return Time(Duration(count)); }

std::uint32_t Checksum(FrameType type, std::string_view payload) {
  Digest digest;
  digest.Add(static_cast<std::uint64_t>(type));
  digest.Add(payload);
  return static_cast<std::uint32_t>(digest.value());
}

std::string EncodeFrame(FrameType type, std::string_view payload) {
  ByteWriter writer;
  writer.U8(static_cast<std::uint8_t>(type)).Text(payload).U32(Checksum(type, payload));
  return writer.Take();
}

std::string EncodeHeader(const JournalHeader& header) {
  ByteWriter writer;
  writer.U32(header.format).Text(header.build_id).Text(header.command);
  writer.U64(header.seed).U64(header.incarnation).I64(Nanoseconds(header.start));
  writer.U32(static_cast<std::uint32_t>(header.files.size()));
  for (const auto& [name, text] : header.files) writer.Text(name).Text(text);
  return writer.Take();
}

std::optional<JournalHeader> DecodeHeader(std::string_view payload) {
  ByteReader reader(payload);
  JournalHeader header;
  header.format = reader.U32();
  header.build_id = reader.Text();
  header.command = reader.Text();
  header.seed = reader.U64();
  header.incarnation = reader.U64();
  header.start = TimeOfNanoseconds(reader.I64());
  const std::uint32_t file_count = reader.U32();
  if (file_count > kFilesMax) return std::nullopt;
  for (std::uint32_t index = 0; index < file_count && reader.ok(); ++index) {
    std::string name(reader.Text());
    header.files.emplace_back(std::move(name), reader.Text());
  }
  if (!reader.is_done()) return std::nullopt;
  return header;
}

std::optional<JournalRecord> DecodeRecord(std::string_view payload) {
  ByteReader reader(payload);
  JournalRecord record;
  record.position = reader.U64();
  record.time = TimeOfNanoseconds(reader.I64());
  record.kind = reader.Text();
  record.bytes = reader.Rest();
  if (!reader.is_done()) return std::nullopt;
  return record;
}

std::optional<JournalEnd> DecodeEnd(std::string_view payload) {
  ByteReader reader(payload);
  JournalEnd end;
  end.record_count = reader.U64();
  end.position = reader.U64();
  end.time = TimeOfNanoseconds(reader.I64());
  end.digest = reader.Text();
  if (!reader.is_done()) return std::nullopt;
  return end;
}

Error Damaged(const JournalInput& input, const std::string& what) {
  return Error{"the recording " + input.path() + " is damaged: " + what};
}

// Nothing at the clean end of the file, which is not the end of a recording.
Result<std::optional<Frame>> ReadFrame(JournalInput& input) {
  Result<std::string> head = input.Read(kFrameHeadBytes);
  if (!head.ok()) return head.error();
  if (head->empty()) return std::optional<Frame>();
  ByteReader reader(*head);
  const auto type = static_cast<FrameType>(reader.U8());
  const std::uint32_t size = reader.U32();
  if (!reader.ok()) return std::optional<Frame>();
  if (size > JournalReader::kFrameBytesMax) return Damaged(input, "a frame is too long");
  Result<std::string> body = input.Read(size + kChecksumBytes);
  if (!body.ok()) return body.error();
  if (body->size() < size + kChecksumBytes) return std::optional<Frame>();
  ByteReader tail(std::string_view(*body).substr(size));
  const std::uint32_t checksum = tail.U32();
  body->resize(size);
  if (Checksum(type, *body) != checksum) return Damaged(input, "a checksum differs");
  return std::optional<Frame>(Frame{type, std::move(*body)});
}

}  // namespace

struct JournalWriter::State {
  std::unique_ptr<JournalOutput> output;
  std::uint64_t record_count = 0;
  bool is_finished = false;

  Result<void> Status() const {
    if (output->error()) return *output->error();
    return {};
  }
};

JournalWriter::JournalWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
JournalWriter::~JournalWriter() = default;

Result<std::unique_ptr<JournalWriter>> JournalWriter::Create(const std::string& path,
                                                             const JournalHeader& header,
                                                             JournalCompression compression) {
  auto output = JournalOutput::Create(path, compression == JournalCompression::kZstd);
  if (!output.ok()) return output.error();
  auto state = std::make_unique<State>();
  state->output = std::move(*output);
  state->output->WriteRaw(std::string(kMagic) + static_cast<char>(compression));
  state->output->Write(EncodeFrame(FrameType::kHeader, EncodeHeader(header)));
  state->output->Flush();
  if (state->output->error()) return *state->output->error();
  return std::unique_ptr<JournalWriter>(new JournalWriter(std::move(state)));
}

void JournalWriter::Append(std::uint64_t position, Time time, std::string_view kind,
                           std::string_view bytes) {
  SIM_CHECK(!state_->is_finished);
  ++state_->record_count;
  ByteWriter writer;
  writer.U64(position).I64(Nanoseconds(time)).Text(kind).Rest(bytes);
  state_->output->Write(EncodeFrame(FrameType::kRecord, writer.bytes()));
}

Result<void> JournalWriter::Flush() {
  state_->output->Flush();
  return state_->Status();
}

Result<void> JournalWriter::Finish(std::uint64_t position, Time time, std::string_view digest) {
  SIM_CHECK(!state_->is_finished);
  state_->is_finished = true;
  ByteWriter writer;
  writer.U64(state_->record_count).U64(position).I64(Nanoseconds(time)).Text(digest);
  state_->output->Write(EncodeFrame(FrameType::kEnd, writer.bytes()));
  state_->output->Close();
  return state_->Status();
}

const std::optional<Error>& JournalWriter::error() const { return state_->output->error(); }
std::uint64_t JournalWriter::record_count() const { return state_->record_count; }

struct JournalReader::State {
  std::unique_ptr<JournalInput> input;
  JournalHeader header;
  std::uint64_t record_count = 0;
  bool is_cut = false;
  std::optional<JournalEnd> end;
};

JournalReader::JournalReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader::~JournalReader() = default;

const JournalHeader& JournalReader::header() const { return state_->header; }
const std::optional<JournalEnd>& JournalReader::end() const { return state_->end; }
bool JournalReader::is_cut() const { return state_->is_cut; }
std::uint64_t JournalReader::record_count() const { return state_->record_count; }

Result<JournalReader> JournalReader::Open(const std::string& path) {
  auto opened = JournalInput::Open(path);
  if (!opened.ok()) return opened.error();
  auto state = std::make_unique<State>();
  state->input = std::move(*opened);
  JournalInput& input = *state->input;
  Result<std::string> magic = input.ReadRaw(kMagic.size() + 1);
  if (!magic.ok()) return magic.error();
  if (magic->size() != kMagic.size() + 1 || !magic->starts_with(kMagic) ||
      static_cast<unsigned char>(magic->back()) >
          static_cast<unsigned char>(JournalCompression::kZstd)) {
    return Error{path + " is not a recording"};
  }
  if (magic->back() == static_cast<char>(JournalCompression::kZstd)) input.Decompress();

  Result<std::optional<Frame>> frame = ReadFrame(input);
  if (!frame.ok()) return frame.error();
  if (!frame->has_value() || (*frame)->type != FrameType::kHeader) {
    return Damaged(input, "it has no header");
  }
  // The format is the first thing of the header in every version of it.
  const std::uint32_t format = ByteReader((*frame)->payload).U32();
  if (format != kJournalFormat) {
    return Error{"the recording " + path + " has format " + std::to_string(format) +
                 ", this program reads format " + std::to_string(kJournalFormat)};
  }
  std::optional<JournalHeader> header = DecodeHeader((*frame)->payload);
  if (!header) return Damaged(input, "its header is malformed");
  state->header = std::move(*header);
  return JournalReader(std::move(state));
}

Result<std::optional<JournalRecord>> JournalReader::Next() {
  if (state_->end) return std::optional<JournalRecord>();
  JournalInput& input = *state_->input;
  Result<std::optional<Frame>> frame = ReadFrame(input);
  if (!frame.ok()) return frame.error();
  if (!frame->has_value()) {
    state_->is_cut = true;
    return Error{"the recording " + input.path() + " is cut off after " +
                 std::to_string(state_->record_count) + " inputs"};
  }
  const std::string& payload = (*frame)->payload;
  if ((*frame)->type == FrameType::kRecord) {
    std::optional<JournalRecord> record = DecodeRecord(payload);
    if (!record) return Damaged(input, "an input is malformed");
    ++state_->record_count;
    return record;
  }
  if ((*frame)->type != FrameType::kEnd) return Damaged(input, "a frame has an unknown type");
  std::optional<JournalEnd> end = DecodeEnd(payload);
  if (!end || end->record_count != state_->record_count) {
    return Damaged(input, "its end does not fit");
  }
  state_->end = std::move(end);
  return std::optional<JournalRecord>();
}

}  // namespace sim
