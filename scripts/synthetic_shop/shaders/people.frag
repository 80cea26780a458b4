#version 330
// Skin, hair and cloth. Patterns hang on the body at rest, so they walk along.
#include "light.glsl"
#include "sunmap.glsl"
in vec3 P, N, R;
flat in int region;
in float shade, height;
in vec3 soft_light;
uniform vec3 colours[9], seconds[9];
uniform ivec2 patterns[9]; // kind, scale
uniform vec3 crown;        // of the head at rest
uniform vec4 hair;         // parting (metres off the middle; 9 none), bald patch (metres), strands, shine
uniform float person, plastic;
#ifdef MIRRORED
uniform vec3 glass_at, glass_u, glass_v, glass_n; // a corner, the two edges, the side that is looked at
uniform float glass_share;
#endif
out vec4 out_colour;
const int SKIN = 0, HAIR = 1, SHOES = 4;

float pattern(int kind, float s) {
  if (kind == 1) return step(0.5, fract(R.z * s));                                                // hoops
  if (kind == 2) return step(0.6, fract(R.x * s * 1.3));                                          // stripes
  if (kind == 3) return 0.5 * step(0.5, fract(R.z * s)) + 0.5 * step(0.5, fract(R.x * s));        // checks
  if (kind == 4) return step(R.y, -0.03) * step(abs(R.x), 0.09) * step(abs(R.z - 0.33), 0.07);    // a print on the chest
  if (kind == 5) return 0.6 * value_noise(R * 60.0);                                              // denim
  if (kind == 6) return step(0.55, value_noise(R * s));                                           // camouflage
  if (kind == 7) return step(0.0, R.z - 0.30);                                                    // a yoke
  if (kind == 8) return step(0.62, hash(R * s * 1.7));                                            // speckles
  if (kind == 9) return step(length(fract(R.xz * s * 0.8) - 0.5), 0.28);                          // dots
  if (kind == 10) return step(-0.02, R.y) * step(abs(R.x), 0.13) * step(abs(R.z - 0.30), 0.08);   // a print on the back
  if (kind == 11) return step(0.16, abs(R.x));                                                    // other sleeves
  return 0.0;
}

void main() {
#ifdef MIRRORED
  vec3 ray = P - camera_eye;
  float along = dot(glass_at - camera_eye, glass_n) / dot(ray, glass_n);
  vec3 hit = camera_eye + ray * along - glass_at;
  vec2 inside = vec2(dot(hit, glass_u) / dot(glass_u, glass_u), dot(hit, glass_v) / dot(glass_v, glass_v));
  if (along <= 0.0 || along >= 1.0 || any(lessThan(inside, vec2(0.0))) || any(greaterThan(inside, vec2(1.0)))) discard;
  const float near = 0.06, far = 80.0; // as in lens.glsl: the reflection lies in the glass, nearer parts before others
  float behind = 1.0 / gl_FragCoord.w, glass = behind * along;
  float depth = glass * 0.98 + 0.003 * (behind - glass);
  gl_FragDepth = 0.5 * ((far + near) - 2.0 * far * near / depth) / (far - near) + 0.5;
#endif
  vec3 albedo = mix(colours[region], seconds[region], pattern(patterns[region].x, float(patterns[region].y)));
  vec3 n = normalize(N + vec3(1e-6)), v = normalize(camera_eye - P);
  if (dot(n, v) < -0.25) n = -n;
  float fold = 1.0; // what folds do to the soft light
  if (region >= 2 && region != SHOES) {
    float a = value_noise(R * vec3(14, 14, 7)), b = value_noise(R * vec3(14, 14, 7) + vec3(0.35, 0, 0.3));
    n = normalize(n + vec3(a - b, b - a, 0.6 * (a - b)) * 0.55);
    albedo *= 0.85 + 0.3 * a;
    fold += 0.8 * (a - b);
  }
  if (region == HAIR) {
    vec3 off = R - crown;
    float around = atan(off.x, off.y), out_by = length(off.xy);
    float strand = value_noise(vec3(around * hair.z, out_by * 16.0, R.z * 14.0));
    albedo *= 0.72 + 0.52 * strand;
    fold += 0.5 * (value_noise(R * 90.0) - 0.5);
    float bare = smoothstep(0.006, 0.003, abs(off.x - hair.x) + 0.002 * strand) * step(R.y, crown.y + 0.03) * step(-0.07, off.z);
    if (hair.y > 0.0) bare = max(bare, smoothstep(hair.y, hair.y * 0.7, length(off) + 0.012 * strand));
    albedo = mix(albedo, colours[SKIN] * 0.85, bare);
  }
  if (region == SKIN) albedo *= shade * (0.94 + 0.12 * value_noise(R * 30.0));
  if (plastic > 0.0) albedo = colours[SKIN];
  vec3 light = soft_light * fold;
  if (has_sun > 0.0) light += sun * max(dot(n, sun_towards), 0.0) * through_opening(P) * sunlit(P + n * 0.02, 0.004, 0);
  vec3 colour = albedo * light + light * 0.035 * pow(1.0 - max(dot(n, v), 0.0), 3.0);
  float gloss = plastic > 0.0 ? 0.12 : region == HAIR ? hair.w : region == SHOES ? 0.05 : 0.0;
  if (gloss > 0.0) colour += lamp_colour * gloss * pow(max(dot(n, normalize(v + normalize(lamp_place[0] - P))), 0.0), 24.0);
  if (!(colour.r >= 0.0 && colour.r < 1e4)) colour = vec3(0.01);
#ifdef MIRRORED
  out_colour = vec4(colour * glass_share, glass_share);
#else
  out_colour = vec4(colour, person);
#endif
}
