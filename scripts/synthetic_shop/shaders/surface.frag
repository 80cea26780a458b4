#version 330
// Lights a surface. Standing things fill the buffers that compose.frag puts together each frame; with MOVING the colour is
// final.
#include "light.glsl"
#ifdef MOVING
#include "sunmap.glsl"
uniform float person; // its number over 255
in vec3 soft_light;
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

vec3 reflected(vec3 p, vec3 n, vec3 v, float gloss) { // a polished floor shows the bright openings and the lamps above it
  vec3 bounced = reflect(-v, n), sum = vec3(0.0);
  if (bounced.y < -0.02) {
    vec3 hit = p + bounced * (p.y / -bounced.y);
    float seen = 0.0;
    for (int k = 0; k < openings; k++) {
      vec2 low = smoothstep(vec2(-0.12), vec2(0.12), hit.xz - opening[k].xz);
      vec2 high = smoothstep(vec2(-0.12), vec2(0.12), opening[k].yw - hit.xz);
      seen = max(seen, low.x * low.y * high.x * high.y);
    }
    sum += sky * 0.55 * seen * (0.06 + 0.94 * pow(1.0 - max(dot(n, v), 0.0), 4.0));
  }
  for (int i = 0; i < 4; i++) {
    vec3 between = normalize(v + normalize(lamp_place[i] - p));
    sum += lamp_colour * lamp_weight[i] * 0.35 * pow(max(dot(n, between), 0.0), 240.0);
  }
  return sum * gloss;
}

float in_corner(vec3 p, vec3 n) { // corners of the room are darker
  if (p.y <= 0.0) return 1.0;
  float wall = min(min(room.x / 2.0 - abs(p.x), p.y), room.y - p.y), level = min(p.z, room.z - p.z);
  float beside = 0.62 + 0.38 * smoothstep(0.0, 0.7, wall + abs(n.x) + abs(n.y) * 0.9);
  return beside * (0.72 + 0.28 * smoothstep(0.0, 0.5, level + abs(n.z)));
}

void main() {
  vec3 albedo = pow(texture(textures, vec3(UV, L)).rgb, vec3(2.2)) * colour;
  vec3 n = normalize(N + vec3(1e-7)), v = normalize(camera_eye - P);
  if (dot(n, v) < 0.0) n = -n;
  if (infrared > 0.0) albedo = vec3(mix(dot(albedo, vec3(0.5, 0.3, 0.2)), 0.35, 0.3));
#ifdef MOVING
  vec3 light = albedo * soft_light;
  if (has_sun > 0.0) light += albedo * sun * max(dot(n, sun_towards), 0.0) * sunlit(P + n * 0.02, 0.004, 1) * through_opening(P);
  out_colour = vec4(light, person);
#else
  if (n.z > 0.9 && P.z < 0.05) { // floors are dirty, and worn where one walks
    float stain = value_noise(vec3(P.xy * 1.3, 3.0)) * 0.6 + value_noise(vec3(P.xy * 5.0, 7.0)) * 0.4;
    albedo *= 1.0 - dirt * (smoothstep(0.35, 0.8, stain) - 0.3);
  }
  float corner = in_corner(P, n), glows = S.x > 0.0 ? 1.0 : 0.0;
  vec3 around = P.y < WALL ? sky * 0.35 + ambient * 0.2 : ambient * (0.75 + 0.25 * n.z) * corner;
  vec3 lamps = from_lamps(P, n) * corner, open_air = from_openings(P, n, 3) * mix(corner, 1.0, 0.5);
  vec3 light = albedo * (around + lamps + open_air + from_infrared(P, n));
  if (S.y > 0.0 && P.y > 0.0) light += reflected(P, n, v, S.y);
  if (glows > 0.0) light = albedo * S.x * (P.y < -1.0 ? sky * (infrared > 0.0 ? 0.6 : 1.0) : lamp_colour * 2.0 + 0.02);
  float total = dot(light, vec3(1.0)) + 1e-5, of_air = dot(albedo * open_air, vec3(1.0)), of_lamps = dot(albedo * lamps, vec3(1.0));
  out_colour = vec4(light, 1.0);
  out_shares = vec4(P.y < WALL || glows > 0.0 ? 0.0 : of_air / total, glows > 0.0 ? 0.0 : of_lamps / total, glows, 1.0);
  out_place = vec4(P, 1.0);
  out_albedo = vec4(glows > 0.0 ? vec3(0.0) : albedo, 1.0);
  out_normal = vec4(n * 0.5 + 0.5, 1.0);
#endif
}
