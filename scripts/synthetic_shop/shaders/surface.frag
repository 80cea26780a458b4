#version 330
// Lights a surface. Standing things fill the buffers that compose.frag puts together each frame; with MOVING the colour is
// final.
#include "light.glsl"
#ifdef MOVING
const int STEPS = 2;
#include "sunmap.glsl"
uniform float person; // its number over 255
#else
const int STEPS = 4;
#endif
in vec3 P, N, colour;
in vec2 UV, S;
flat in float L;
uniform sampler2DArray textures;
uniform float dirt;
layout(location = 0) out vec4 out_colour;
#ifndef MOVING
layout(location = 1) out vec4 out_shares; // of openings, lamps; whether it glows
layout(location = 2) out vec4 out_place;
layout(location = 3) out vec4 out_albedo;
layout(location = 4) out vec4 out_normal;
#endif

void main() {
  vec3 albedo = pow(texture(textures, vec3(UV, L)).rgb, vec3(2.2)) * colour;
  vec3 n = normalize(N + vec3(1e-7)), v = normalize(camera_eye - P);
  if (dot(n, v) < 0.0) n = -n;
  if (n.z > 0.9 && P.z < 0.05) { // floors are dirty, and worn where one walks
    float stain = value_noise(vec3(P.xy * 1.3, 3.0)) * 0.6 + value_noise(vec3(P.xy * 5.0, 7.0)) * 0.4;
    albedo *= 1.0 - dirt * (smoothstep(0.35, 0.8, stain) - 0.3);
  }
  if (infrared > 0.0) albedo = vec3(mix(dot(albedo, vec3(0.5, 0.3, 0.2)), 0.35, 0.3));
  float corner = 1.0;
  if (P.y > 0.0) {
    float wall = min(min(room.x / 2.0 - abs(P.x), P.y), room.y - P.y), level = min(P.z, room.z - P.z);
    corner = (0.62 + 0.38 * smoothstep(0.0, 0.7, wall + abs(n.x) + abs(n.y) * 0.9)) * (0.72 + 0.28 * smoothstep(0.0, 0.5, level + abs(n.z)));
  }
  vec3 around = P.y < WALL ? sky * 0.35 + ambient * 0.2 : ambient * (0.75 + 0.25 * n.z) * corner;
  vec3 lamps = from_lamps(P, n) * corner, open_air = from_openings(P, n, STEPS) * mix(corner, 1.0, 0.5);
  vec3 light = albedo * (around + lamps + open_air + from_infrared(P, n));
  vec3 bounced = reflect(-v, n);
  if (S.y > 0.0 && bounced.y < -0.02 && P.y > 0.0) { // a polished floor shows the bright openings
    vec3 hit = P + bounced * (P.y / -bounced.y);
    float seen = 0.0;
    for (int k = 0; k < openings; k++) {
      vec2 s = smoothstep(vec2(-0.12), vec2(0.12), hit.xz - opening[k].xz) * smoothstep(vec2(-0.12), vec2(0.12), opening[k].yw - hit.xz);
      seen = max(seen, s.x * s.y);
    }
    light += sky * 0.55 * seen * S.y * (0.06 + 0.94 * pow(1.0 - max(dot(n, v), 0.0), 4.0));
  }
  if (S.y > 0.0 && P.y > 0.0) { // and the lamps above it
    for (int i = 0; i < 4; i++) {
      vec3 h = normalize(v + normalize(lamp_place[i] - P));
      light += lamp_colour * lamp_weight[i] * S.y * 0.35 * pow(max(dot(n, h), 0.0), 240.0);
    }
  }
  if (S.x > 0.0) light = (P.y < -1.0 ? albedo * sky * (infrared > 0.0 ? 0.6 : 1.0) : albedo * (lamp_colour * 2.0 + 0.02)) * S.x;
#ifdef MOVING
  float lit = has_sun > 0.0 ? sunlit(P + n * 0.02, 0.004, 1) * through_opening(P) : 0.0;
  out_colour = vec4(light + albedo * sun * max(dot(n, sun_towards), 0.0) * lit, person);
#else
  float total = dot(light, vec3(1.0)) + 1e-5, glows = S.x > 0.0 ? 1.0 : 0.0;
  out_colour = vec4(light, 1.0);
  out_shares = vec4(P.y < WALL ? 0.0 : dot(albedo * open_air, vec3(1.0)) / total, dot(albedo * lamps, vec3(1.0)) / total, glows, 1.0) * vec4(1.0 - glows, 1.0 - glows, 1.0, 1.0);
  out_place = vec4(P, 1.0);
  out_albedo = vec4(glows > 0.0 ? vec3(0.0) : albedo, 1.0);
  out_normal = vec4(n * 0.5 + 0.5, 1.0);
#endif
}
