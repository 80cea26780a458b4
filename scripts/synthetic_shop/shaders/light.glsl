// Irradiance at a point with a normal: lamps on the ceiling, the bright openings, the sun, infrared lamps at the camera.
uniform vec3 lamp_place[4];
uniform float lamp_weight[4];
uniform vec3 lamp_colour, ambient, sky, sun, sun_towards;
uniform vec4 opening[6]; // x0, x1, z0, z1
uniform int openings;
uniform vec3 camera_eye, camera_forward;
uniform float infrared;
uniform vec3 room; // width, depth, height

const float WALL = -0.15;

vec3 from_lamps(vec3 p, vec3 n) {
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    vec3 way = lamp_place[i] - p;
    float facing = max(dot(n, way * inversesqrt(dot(way, way) + 0.01)) * 0.85 + 0.15, 0.0);
    sum += lamp_colour * lamp_weight[i] * facing * 4.0 / (dot(way, way) + 0.6);
  }
  return p.y < WALL ? sum * 0.12 : sum;
}

vec3 from_openings(vec3 p, vec3 n, int steps) {
  if (p.y < WALL) return sky * (0.5 + 0.5 * n.z) * 0.45;
  float sum = 0.0;
  for (int k = 0; k < openings; k++) {
    vec2 size = (opening[k].yw - opening[k].xz) / float(steps);
    for (int i = 0; i < steps; i++)
      for (int j = 0; j < steps; j++) {
        vec3 way = vec3(opening[k].x + size.x * (float(i) + 0.5), -0.05, opening[k].z + size.y * (float(j) + 0.5)) - p;
        float square = dot(way, way) + 0.05;
        vec3 towards = way * inversesqrt(square);
        sum += max(dot(n, towards), 0.0) * max(-towards.y, 0.0) * size.x * size.y / square;
      }
  }
  return sky * sum * 0.32;
}

// 1 where the sun comes in through an opening (or shines on the street), with the soft edge of a sun of half a degree
float through_opening(vec3 p) {
  if (p.y < -0.1) return 1.0;
  float away = (p.y + 0.05) / max(-sun_towards.y, 0.05);
  vec3 hit = p + sun_towards * away;
  float soft = 0.004 + 0.006 * away, best = 0.0;
  for (int k = 0; k < openings; k++) {
    vec2 low = smoothstep(vec2(-soft), vec2(soft), hit.xz - opening[k].xz);
    vec2 high = smoothstep(vec2(-soft), vec2(soft), opening[k].yw - hit.xz);
    best = max(best, low.x * low.y * high.x * high.y);
  }
  return best;
}

vec3 from_infrared(vec3 p, vec3 n) {
  vec3 way = camera_eye - p;
  float square = dot(way, way);
  vec3 towards = way * inversesqrt(square);
  float beam = max(dot(-towards, camera_forward), 0.0);
  return vec3(infrared * (0.25 + 0.75 * max(dot(n, towards), 0.0)) * (0.15 + 0.85 * beam * beam * beam) / (square + 2.0));
}

float hash(vec3 p) { // without a sine, after Dave Hoskins
  p = fract(floor(p) * 0.1031);
  p += dot(p, p.zyx + 31.32);
  return fract((p.x + p.y) * p.z);
}

float value_noise(vec3 p) {
  vec3 f = fract(p), cell = floor(p);
  f = f * f * (3.0 - 2.0 * f);
  float sum = 0.0;
  for (int k = 0; k < 8; k++) {
    vec3 corner = vec3(k & 1, (k >> 1) & 1, k >> 2);
    vec3 weight = mix(1.0 - f, f, corner);
    sum += weight.x * weight.y * weight.z * hash(cell + corner + 0.5);
  }
  return sum;
}
