#version 330
// A baked body between two of its frames, which lie in textures.
#include "lens.glsl"
in vec3 rest;
in vec2 region_shade;
uniform sampler2D vertices, normals;
uniform int count, first, second;
uniform float share, body_height;
uniform mat4 model;
out vec3 P, N, R;
flat out int region;
out float shade, height;
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
}
