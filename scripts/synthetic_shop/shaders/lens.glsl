// Where a point of the world falls in the picture: camera.py in GLSL. Every vertex passes through the lens, so what is
// drawn and what is labelled can't differ, and a fisheye sees all around. Long edges must be cut up (geometry.py).
uniform vec3 eye;
uniform mat3 view;   // rows right, up, back
uniform int fisheye;
uniform vec4 lens;   // k1, k2, span, widest angle
uniform vec2 frame;  // aspect = height / width; 1 when the lens is off and `flat_view` is used
uniform vec2 shift;  // shake, in shares of half the picture
uniform mat4 flat_view;
uniform int lens_off; // the sun's view and portraits

vec4 through_lens(vec3 point) {
  if (lens_off == 1) {
    gl_ClipDistance[0] = 1.0;
    return flat_view * vec4(point, 1.0);
  }
  vec3 seen = view * (point - eye);
  float flat_part = length(seen.xy);
  float angle = atan(flat_part, -seen.z);
  gl_ClipDistance[0] = lens.w - angle;
  angle = min(angle, lens.w);
  float radius;
  if (fisheye == 1) {
    radius = angle / lens.z;
  } else {
    float wanted = tan(angle) / lens.z;
    radius = min(wanted, 3.0);
    for (int i = 0; i < 8; i++) {
      float square = radius * radius;
      float error = radius * (1.0 + lens.x * square + lens.y * square * square) - wanted;
      radius = max(radius - error / (1.0 + 3.0 * lens.x * square + 5.0 * lens.y * square * square), 0.0);
    }
  }
  vec2 at = seen.xy * (radius / max(flat_part, 1e-9)) * vec2(1.0, 1.0 / frame.x) + shift;
  float depth = fisheye == 1 ? length(seen) : max(-seen.z, 0.02);
  const float near = 0.06, far = 80.0;
  return vec4(at * depth, depth * (far + near) / (far - near) - 2.0 * far * near / (far - near), depth);
}
