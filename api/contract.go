package api

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// contract is openapi.yaml as far as the page at /docs shows it. YAML nodes keep
// the order of the file, which is the order to read it in.
type contract struct {
	text []byte
	Info struct {
		Title       string `yaml:"title"`
		Description string `yaml:"description"`
	} `yaml:"info"`
	Paths      yaml.Node `yaml:"paths"`
	Components struct {
		Schemas yaml.Node `yaml:"schemas"`
	} `yaml:"components"`
}

// operation is one operation of the contract, for people.
type operation struct {
	ID, Method, Path, Summary, Description string
	// Body is the name of the request body's schema, "" for none.
	Body    string
	Answers []answerDoc
}

// answerDoc is one answer; all answers that are problem documents are one.
type answerDoc struct{ Status, Description, Schema string }

type schema struct{ Name, Text string }

func loadContract() (*contract, error) {
	text, err := files.ReadFile("openapi.yaml")
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	c := &contract{text: text}
	if err := yaml.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return c, nil
}

// each visits the members of a mapping in the order of the file.
func each(node *yaml.Node, visit func(key string, value *yaml.Node)) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		visit(node.Content[i].Value, node.Content[i+1])
	}
}

func (c *contract) operations() []operation {
	var all []operation
	each(&c.Paths, func(path string, item *yaml.Node) {
		each(item, func(method string, node *yaml.Node) {
			o := operation{Method: strings.ToUpper(method), Path: path}
			each(node, func(key string, value *yaml.Node) {
				switch key {
				case "operationId":
					o.ID = value.Value
				case "summary":
					o.Summary = value.Value
				case "description":
					o.Description = value.Value
				case "requestBody":
					o.Body = schemaIn(value)
				case "responses":
					o.Answers = answers(value)
				}
			})
			if o.ID != "" {
				all = append(all, o)
			}
		})
	})
	return all
}

func answers(responses *yaml.Node) []answerDoc {
	var all []answerDoc
	problem := answerDoc{Description: "A problem document; its code says what is wrong.", Schema: "Problem"}
	each(responses, func(status string, answer *yaml.Node) {
		a := answerDoc{Status: status, Schema: schemaIn(answer)}
		if a.Schema == problem.Schema {
			problem.Status = strings.TrimPrefix(problem.Status+", "+status, ", ")
			return
		}
		each(answer, func(key string, value *yaml.Node) {
			if key == "description" {
				a.Description = value.Value
			}
		})
		all = append(all, a)
	})
	return append(all, problem)
}

// schemaIn is the name that the first reference below the node leads to, "" for
// none.
func schemaIn(node *yaml.Node) (name string) {
	each(node, func(key string, value *yaml.Node) {
		switch {
		case name != "":
		case key == "$ref":
			name = value.Value[strings.LastIndexByte(value.Value, '/')+1:]
		case value.Kind == yaml.MappingNode:
			name = schemaIn(value)
		}
	})
	return name
}

func (c *contract) schemas() []schema {
	var all []schema
	each(&c.Components.Schemas, func(name string, node *yaml.Node) {
		all = append(all, schema{name, source(node)})
	})
	return all
}

// source is a node as YAML text.
func source(node *yaml.Node) string {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(node); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
