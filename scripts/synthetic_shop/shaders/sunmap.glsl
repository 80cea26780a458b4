// What the people keep from the sun.
uniform sampler2D sun_map;
uniform mat4 sun_view;
uniform float has_sun;

float sunlit(vec3 p, float bias, int reach) {
  vec3 at = (sun_view * vec4(p, 1.0)).xyz * 0.5 + 0.5;
  if (any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) return 1.0;
  float sum = 0.0, taps = 0.0;
  for (int i = -reach; i <= reach; i++)
    for (int j = -reach; j <= reach; j++) {
      sum += step(at.z - bias, texture(sun_map, at.xy + vec2(i, j) / 600.0).r);
      taps += 1.0;
    }
  return sum / taps;
}
