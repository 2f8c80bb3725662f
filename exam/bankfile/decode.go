package bankfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decode turns the node into JSON, notes the line of every place, and decodes
// that strictly.
func decode(node *yaml.Node, into any, lines map[string]int) error {
	var b bytes.Buffer
	if err := toJSON(&b, node, "", 0, lines); err != nil {
		return err
	}
	dec := json.NewDecoder(&b)
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func toJSON(b *bytes.Buffer, node *yaml.Node, path string, depth int, lines map[string]int) error {
	if depth > maxDepth {
		return fmt.Errorf("line %d: nested too deeply", node.Line)
	}
	lines[path] = node.Line
	switch node.Kind {
	case yaml.MappingNode:
		return mappingToJSON(b, node, path, depth, lines)
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, element := range node.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := toJSON(b, element, path+"/"+strconv.Itoa(i), depth+1, lines); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case yaml.ScalarNode:
		return scalarToJSON(b, node)
	}
	return fmt.Errorf("line %d: aliases are not taken; write the text out", node.Line)
}

func mappingToJSON(b *bytes.Buffer, node *yaml.Node, path string, depth int, lines map[string]int) error {
	seen := make(map[string]bool)
	b.WriteByte('{')
	for i := 0; i < len(node.Content); i += 2 {
		key := node.Content[i].Value
		if seen[key] {
			return fmt.Errorf("line %d: %q is given twice", node.Content[i].Line, key)
		}
		seen[key] = true
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			return fmt.Errorf("line %d: %w", node.Line, err)
		}
		b.Write(name)
		b.WriteByte(':')
		if err := toJSON(b, node.Content[i+1], path+"/"+key, depth+1, lines); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func scalarToJSON(b *bytes.Buffer, node *yaml.Node) error {
	var v any = node.Value
	if tag := node.ShortTag(); tag == "!!int" || tag == "!!bool" || tag == "!!null" || tag == "!!float" {
		if err := node.Decode(&v); err != nil {
			return fmt.Errorf("line %d: %w", node.Line, err)
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	b.Write(data)
	return nil
}

// Unmarshal reads one YAML document into a value by its JSON tags, strictly: an
// unknown member is an error.
func Unmarshal(data []byte, into any) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return err
	}
	if doc.Kind != yaml.DocumentNode {
		return errors.New("the document is empty")
	}
	return decode(doc.Content[0], into, make(map[string]int))
}
