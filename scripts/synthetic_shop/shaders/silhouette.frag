#version 330
// Eight people a pass, a channel each: where they would be seen if nothing hid them.
uniform ivec2 channel;
layout(location = 0) out vec4 first;
layout(location = 1) out vec4 second;
void main() {
  vec4 mark = vec4(channel.y == 0, channel.y == 1, channel.y == 2, channel.y == 3);
  first = channel.x == 0 ? mark : vec4(0.0);
  second = channel.x == 1 ? mark : vec4(0.0);
}
