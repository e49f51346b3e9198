// What ending_test.cpp is told of a vendor: each stand-in's folder defines the_ending_subject.
#pragma once

namespace sim {

struct ending_subject {
  const char *variable;  // that holds the stand-in's configuration
  const char *machine;   // refuses the end of the first stream and of what the second device that is closed
                         // gives back last with `refusal`, and loses the device at the first free
  int refusal;
  const char *stream_call, *free_call, *close_call;  // as messages name these
  const char *lost_text;                             // as messages word the code of the free
};

const ending_subject &the_ending_subject();

}  // namespace sim
