#version 330
// How much of the openings' and the lamps' light people take from each place, and the dark where feet meet the floor.
// A person is an upright capsule here: soft light draws no elbows.
in vec2 uv;
uniform sampler2D places;
uniform vec3 lamp_place[4], door_middle;
uniform float lamp_weight[4], infrared;
uniform int people;
uniform vec4 person_at[24]; // x, y, height, size
uniform vec4 feet[24];
out vec4 shadow; // openings, lamps, contact

float hidden(vec3 p, vec3 light, vec4 person, float radius) {
  vec2 way = light.xy - p.xy, to = person.xy - p.xy;
  float square = dot(way, way) + 1e-4, t = clamp(dot(to, way) / square, 0.0, 1.0);
  float beside = length(to - way * t), z = p.z + (light.z - p.z) * t, soft = 0.12 + 0.35 * t * sqrt(square);
  return smoothstep(radius + soft, radius * 0.55, beside) * smoothstep(person.z + soft * 0.5, person.z - 0.25 - soft * 0.3, z) * smoothstep(0.0, 0.08, t * sqrt(square) + 0.02);
}

void main() {
  vec3 p = texture(places, uv).xyz;
  float doors = 1.0, contact = 1.0, left[4] = float[4](1.0, 1.0, 1.0, 1.0);
  for (int i = 0; i < people; i++) {
    vec4 person = person_at[i];
    float away = length(person.xy - p.xy);
    if (away > 6.0) continue;
    float radius = 0.2 * person.w;
    if (infrared <= 0.0) {
      doors *= 1.0 - 0.75 * hidden(p, door_middle, person, radius * 1.3);
      for (int k = 0; k < 4; k++)
        if (lamp_weight[k] > 0.0) left[k] *= 1.0 - 0.8 * hidden(p, lamp_place[k], person, radius);
    }
    float low = exp(-max(p.z, 0.0) * 5.0);
    contact *= 1.0 - 0.32 * low * smoothstep(0.62 * person.w, 0.05, away);
    vec2 a = p.xy - feet[i].xy, b = p.xy - feet[i].zw;
    contact *= 1.0 - 0.5 * low * max(exp(-dot(a, a) * 60.0), exp(-dot(b, b) * 60.0));
  }
  float weights = 0.0, lit = 0.0;
  for (int k = 0; k < 4; k++) {
    float weight = lamp_weight[k] / (dot(lamp_place[k] - p, lamp_place[k] - p) + 0.6);
    weights += weight;
    lit += weight * left[k];
  }
  shadow = vec4(doors, weights > 0.0 ? lit / weights : 1.0, contact, 1.0);
}
