#version 330
// A baked body between two of its frames, which lie in textures. Soft light is reckoned here, by vertex: there are fewer
// of them than of the pixels that a software renderer touches for such small triangles.
#include "lens.glsl"
#ifdef LIT
#include "light.glsl"
uniform int people, me;
uniform vec4 person_at[24];
uniform vec3 bounce;
out vec3 soft_light;
#endif
in vec3 rest;
in vec2 region_shade;
uniform sampler2D vertices, normals;
uniform int count, first, second;
uniform float share, body_height;
uniform mat4 model;
out vec3 P, N, R;
flat out int region;
out float shade, height;

#ifdef LIT
vec3 lit(vec3 p, vec3 n, float height) {
  vec3 v = normalize(camera_eye - p);
  if (dot(n, v) < -0.25) n = -n;
  float low = smoothstep(-0.1, 0.55, height);
  float corner = mix(0.5, 1.0, low) * (0.72 + 0.28 * smoothstep(-1.0, 0.4, n.z)), crowd = 1.0;
  for (int i = 0; i < people; i++)
    if (i != me) {
      vec2 way = person_at[i].xy - p.xy;
      float away = length(way);
      float beside = 0.35 * smoothstep(0.75, 0.2, away) * smoothstep(person_at[i].z + 0.15, person_at[i].z - 0.5, p.z);
      crowd *= 1.0 - beside * (0.4 + 0.6 * max(dot(n.xy, way / (away + 0.01)), 0.0));
    }
  vec3 around = ambient * (0.8 + 0.2 * n.z) + bounce * (0.5 - 0.5 * n.z) * 0.5;
  if (p.y < WALL) around += sky * 0.35 * (0.6 + 0.4 * n.z);
  return (around + from_lamps(p, n) + from_openings(p, n, 2)) * corner * crowd + from_infrared(p, n);
}
#endif

vec4 fetch(sampler2D from, int moment) {
  int index = moment * count + gl_VertexID;
  return texelFetch(from, ivec2(index % 1024, index / 1024), 0);
}
void main() {
  vec3 p = mix(fetch(vertices, first).xyz, fetch(vertices, second).xyz, share);
  vec3 n = mix(fetch(normals, first).xyz, fetch(normals, second).xyz, share) * 2.0 - 1.0;
  P = (model * vec4(p, 1.0)).xyz;
  N = mat3(model) * n;
  R = rest;
  region = int(region_shade.x + 0.5);
  shade = region_shade.y / 128.0;
  height = p.z / body_height;
  gl_Position = through_lens(P);
#ifdef LIT
  soft_light = lit(P, normalize(N + vec3(1e-6)), height);
#endif
}
