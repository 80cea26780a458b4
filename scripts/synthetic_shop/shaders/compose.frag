#version 330
// The empty shop of this moment: what stands, less what people shade, plus the sun where it comes in.
#include "light.glsl"
#include "sunmap.glsl"
in vec2 uv;
uniform sampler2D colours, shares, places, albedos, normals, depths, shadows;
uniform float has_people;
out vec4 out_colour;
void main() {
  vec3 colour = texture(colours, uv).rgb;
  vec4 share = texture(shares, uv), shadow = has_people > 0.0 ? texture(shadows, uv) : vec4(1.0);
  float kept = 1.0 - share.x * (1.0 - shadow.x) - share.y * (1.0 - shadow.y);
  colour *= max(kept, 0.02) * (share.z > 0.0 ? 1.0 : shadow.z);
  if (dot(sun, vec3(1.0)) > 0.0) {
    vec3 p = texture(places, uv).xyz, n = normalize(texture(normals, uv).xyz * 2.0 - 1.0);
    float facing = max(dot(n, sun_towards), 0.0);
    if (facing > 0.0) {
      float open_way = through_opening(p);
      if (open_way > 0.0) colour += texture(albedos, uv).rgb * sun * facing * open_way * (has_sun > 0.0 ? sunlit(p, 0.002, 1) : 1.0);
    }
  }
  out_colour = vec4(colour, 0.0);
  gl_FragDepth = texture(depths, uv).r;
}
