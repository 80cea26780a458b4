#version 330
// Rooms and things: triangles with texture, tint, glow and gloss.
#include "lens.glsl"
#ifdef MOVING
#include "light.glsl"
out vec3 soft_light; // by vertex, as in people.vert
#endif
in vec3 place;
in vec3 normal;
in vec2 uv;
in float layer;
in vec3 tint;
in vec2 shine; // glow, gloss
uniform mat4 model;
uniform mat3 paint; // columns: what the tints (1,0,0), (0,1,0), (0,0,1) become
out vec3 P, N, colour;
out vec2 UV, S;
flat out float L;
void main() {
  vec4 world = model * vec4(place, 1.0);
  P = world.xyz;
  N = mat3(model) * normal;
  UV = uv;
  S = shine;
  L = layer;
  colour = paint * tint;
  gl_Position = through_lens(P);
#ifdef MOVING
  vec3 n = normalize(N + vec3(1e-7));
  if (dot(n, camera_eye - P) < 0.0) n = -n;
  vec3 around = P.y < WALL ? sky * 0.35 + ambient * 0.2 : ambient * (0.75 + 0.25 * n.z);
  soft_light = around + from_lamps(P, n) + from_openings(P, n, 2) + from_infrared(P, n);
#endif
}
