#version 330
// From light to picture: glare, white balance, exposure, vignette, tone. The person's number is fetched where the colour
// is.
in vec2 uv;
uniform sampler2D picture, numbers, glow;
uniform float exposure, bloom, infrared, vignette, softness, contrast;
uniform vec3 balance;
uniform vec2 pixel;
out vec4 out_colour;
void main() {
  vec3 c = vec3(0.0);
  for (int i = 0; i < 4; i++) c += min(texture(picture, uv + (vec2(i & 1, i >> 1) - 0.5) * softness * pixel).rgb, vec3(60.0));
  c = (c * 0.25 + bloom * texture(glow, uv).rgb) * balance * exposure;
  vec2 off = uv - 0.5;
  c *= 1.0 - vignette * dot(off, off) * 2.0;
  if (infrared > 0.0) c = vec3(dot(c, vec3(0.3333)));
  c = infrared > 0.0 ? c / (1.0 + c * 0.8) * 1.45 : c / (1.0 + c * 0.35) * 1.12;
  c = pow(max(c, 0.0), vec3(1.0 / 2.2));
  c = mix(c, c * c * (3.0 - 2.0 * c), contrast);
  ivec2 size = textureSize(numbers, 0);
  out_colour = vec4(clamp(c, 0.0, 1.0), texelFetch(numbers, clamp(ivec2(uv * vec2(size)), ivec2(0), size - 1), 0).a);
}
